import type { AnySchemaObject } from 'ajv';
import { compileSchema, type SchemaValidator } from '../events/schema-validator.ts';
import { Problem } from './problem.ts';
import { readJson } from './read-json.ts';
import type { RouteRequest } from './route.ts';

/** Reads JSON bodies of the shape `Body`, which `schema` describes. Throws a Problem for any other. */
export function bodyReader<Body>(schema: AnySchemaObject): (request: RouteRequest) => Promise<Body> {
  let validate: SchemaValidator | undefined;
  return async (request) => {
    const body = await readJson(request);
    validate ??= compileSchema(schema);
    const violations = validate(body).slice(0, 20);
    const isBody = (value: unknown): value is Body => value === body && violations.length === 0;
    if (isBody(body)) return body;
    const detail = violations.map(({ pointer, message }) => `${pointer || 'The body'} ${message}`).join('; ');
    throw new Problem('invalid-body', `${detail}.`, violations);
  };
}
