import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchemaObject } from 'ajv';
import { expect, test } from 'vitest';

/**
 * The folder with Microsoft's schemas of the two files, which are not ours to keep here: those that
 * https://github.com/microsoft/PowerPlatformConnectors/tree/dev/schemas publishes, under the names below.
 */
const folder = process.env['CONNECTOR_CONFORMANCE'] ?? '';
const definitionSchema = join(folder, 'apiDefinition.swagger.schema.strict.json');
const propertiesSchema = join(folder, 'paconn-apiProperties.schema.7e2d88f.strict.json');

test.skipIf(!existsSync(definitionSchema))("Microsoft's schema accepts the definition", () => {
  const errorsIn = compile(asDraft07(readFileSync(definitionSchema, 'utf8')));
  const definition = read('apiDefinition.swagger.json');

  expect(errorsIn(definition)).toEqual([]);
  expect(errorsIn({ ...definition, info: { title: 'No version' } })).not.toEqual([]);
});

test.skipIf(!existsSync(propertiesSchema)).each(['apiProperties.json', 'apiProperties.function-key.json'])(
  "Microsoft's schema accepts the properties in %s",
  (file) => {
    const errorsIn = compile(JSON.parse(readFileSync(propertiesSchema, 'utf8')));
    const properties = read(file);

    expect(errorsIn(properties)).toEqual([]);
    expect(errorsIn({ properties: { ...properties['properties'], iconBrandColor: undefined } })).not.toEqual(
      [],
    );
  },
);

/** ajv knows draft-07, which differs from the draft-04 of the schema in these names only. */
function asDraft07(text: string): AnySchemaObject {
  return JSON.parse(
    text
      .replaceAll('http://json-schema.org/draft-04/schema#', 'http://json-schema.org/draft-07/schema#')
      .replaceAll('/definitions/positiveInteger', '/definitions/nonNegativeInteger'),
  );
}

function compile({ id: _id, ...schema }: AnySchemaObject): (value: unknown) => object[] {
  const formats = { uri: (text: string) => URL.canParse(text), email: /^\S+@\S+$/, regex: true as const };
  const validate = new Ajv({ strict: false, allErrors: true, formats }).compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

function read(file: string): Record<string, object> {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../connector', file), 'utf8'));
}
