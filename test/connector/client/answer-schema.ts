import { Ajv, type AnySchemaObject } from 'ajv';
import { type Definition, type Node, propertyAt } from '../swagger.ts';

/**
 * What is wrong with an answer, by the definition's schema taken strictly: every property is there unless the
 * schema says which are required, there is no other, and only what is x-nullable is null.
 */
export function violationsOf(swagger: Definition, schema: Node, answer: unknown): string[] {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true, formats }).compile(
    strictly(swagger, schema),
  );
  const errors = validate(answer) ? [] : (validate.errors ?? []);
  return errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const formats = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  uri: (text: string) => URL.canParse(text),
  int32: true as const,
};

function strictly(swagger: Definition, reference: Node): AnySchemaObject {
  const node = propertyAt(swagger, reference, []) ?? {};
  const { type = '', format, enum: values, properties, items, required } = node;
  const isNullable = node['x-nullable'] === true;
  return {
    type: isNullable ? [type, 'null'] : type,
    ...(format ? { format } : {}),
    ...(values ? { enum: isNullable ? [...values, null] : values } : {}),
    ...(items ? { items: strictly(swagger, items) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, property]) => [name, strictly(swagger, property)]),
          ),
          required: Array.isArray(required) ? required : Object.keys(properties),
          additionalProperties: false,
        }
      : {}),
  };
}
