import type { AnySchemaObject, ErrorObject } from 'ajv';
import { isInt64 } from '../domain/job-id.ts';
import { loadAjv } from './load-ajv.ts';

/** Where a value breaks its schema: `pointer` is a JSON pointer (RFC 6901) into it. */
export type Violation = { pointer: string; message: string };

export type SchemaValidator = (value: unknown) => Violation[];

/**
 * Skips the meta-schema: compiling it takes longer than the rest of a first answer, and strict mode finds mistakes
 * too.
 */
const quickly = { meta: false, validateSchema: false };

/**
 * Compiles a JSON Schema for losslessly parsed JSON. `{"type":"integer","format":"int64"}` also accepts a
 * bigint and checks its range, which ajv's own `integer` does not: https://ajv.js.org/json-schema.html#type
 */
export function compileSchema(schema: AnySchemaObject): SchemaValidator {
  const Ajv = loadAjv();
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    // A field may share its name with an inherited property, such as `constructor`.
    ownProperties: true,
    ...quickly,
  });
  ajv.addKeyword({
    keyword: 'int64',
    schemaType: 'boolean',
    validate: (_wanted: boolean, value: unknown) => isInt64Value(value),
    error: { message: 'must be a whole number of 64 bits' },
  });
  const validate = ajv.compile(withInt64Keyword(schema));
  return (value) => (validate(value) ? [] : withoutChoices(validate.errors ?? []).map(toViolation));
}

/**
 * If no choice of an `anyOf` fits, keeps that one error, which ajv reports last, and drops the errors of each
 * choice.
 */
function withoutChoices(errors: readonly ErrorObject[]): ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors.filter((error) => {
    const last = choices.findLast(({ instancePath }) =>
      `${error.instancePath}/`.startsWith(`${instancePath}/`),
    );
    return last === undefined || last === error;
  });
}

function isInt64Value(value: unknown): boolean {
  return typeof value === 'bigint' ? isInt64(value) : Number.isSafeInteger(value);
}

/** Replaces `"type": "integer", "format": "int64"` with the keyword `int64`. */
function withInt64Keyword(schema: AnySchemaObject): AnySchemaObject {
  const replaced: unknown = JSON.parse(JSON.stringify(schema), (_key, node: unknown) => {
    if (!isObject(node) || node['type'] !== 'integer' || node['format'] !== 'int64') return node;
    const { type: _type, format: _format, ...rest } = node;
    return { ...rest, int64: true };
  });
  return isObject(replaced) ? replaced : schema;
}

function toViolation(error: ErrorObject): Violation {
  const missing: unknown = error.params['missingProperty'];
  if (typeof missing === 'string')
    return { pointer: `${error.instancePath}/${escaped(missing)}`, message: 'is required' };
  const unknown: unknown = error.params['additionalProperty'];
  if (typeof unknown === 'string') {
    return {
      pointer: `${error.instancePath}/${escaped(unknown.slice(0, 100))}`,
      message: 'is not known here',
    };
  }
  const allowed: unknown = error.params['allowedValues'];
  if (Array.isArray(allowed))
    return { pointer: error.instancePath, message: `must be one of ${allowed.join(', ')}` };
  const isDescribed = error.keyword === 'pattern' || error.keyword === 'anyOf';
  const expected: unknown = isDescribed ? error.parentSchema?.['description'] : undefined;
  const message = typeof expected === 'string' ? `must be ${expected}` : (error.message ?? 'is not valid');
  return { pointer: error.instancePath, message };
}

/** A field's name as a part of a JSON pointer. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
