import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import SwaggerParser from '@apidevtools/swagger-parser';
import { describe, expect, test } from 'vitest';
import { fileRules } from './lint/file-rules.ts';
import { infoRules } from './lint/info-rules.ts';
import { operationRules } from './lint/operation-rules.ts';
import { propertiesRules } from './lint/properties-rules.ts';
import { breakConnector, readConnector } from './lint/rule.ts';
import { shapeRules } from './lint/shape-rules.ts';
import { triggerRules } from './lint/trigger-rules.ts';
import { operationsOf } from './swagger.ts';

const folder = join(import.meta.dirname, '../../connector');
const connector = readConnector(folder);
const rules = [fileRules, infoRules, operationRules, shapeRules, triggerRules, propertiesRules].flat();

test('swagger-parser accepts the definition', async () => {
  const parsed = await SwaggerParser.validate(join(folder, 'apiDefinition.swagger.json'));
  expect(parsed.info.title).toBe('Batch Retry');
});

describe.each(rules)('$sentence', ({ check, broken }) => {
  test('so it is', () => {
    expect(check(connector)).toEqual([]);
  });

  test.each(broken)('it would be found if %s were %j', (pointer, value) => {
    expect(check(breakConnector(connector, pointer, value))).not.toEqual([]);
  });
});

test('README.md has a row for each action and trigger that a maker sees, and no other', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const chapter = readme.slice(readme.indexOf('## What it can do'), readme.indexOf('## Flows to start from'));
  const rows = [...chapter.matchAll(/^\| ([A-Z][^|]*?)(?: \(advanced\))? +\|/gm)].map(
    ([, name = '']) => name,
  );
  const seen = operationsOf(connector.definition)
    .map(({ operation }) => operation)
    .filter((operation) => operation['x-ms-visibility'] !== 'internal')
    .map(({ summary }) => summary);
  expect(rows.filter((row) => row !== 'Action' && row !== 'Trigger').toSorted()).toEqual(seen.toSorted());
});
