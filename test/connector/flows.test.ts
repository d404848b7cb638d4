import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkFlow } from './flows/check-flow.ts';
import { expressionsIn, parseExpression } from './flows/expression.ts';
import { flowsFolder, readFlow, type Flow } from './flows/flow.ts';

const files = readdirSync(flowsFolder).filter((file) => file.endsWith('.json'));

test('there are the four flows', () => {
  expect(files).toEqual([
    'daily-digest.json',
    'requeue-failed-batch-jobs.json',
    'requeue-without-the-service.json',
    'tell-teams-when-exhausted.json',
  ]);
});

describe.each(files)('%s', (file) => {
  const flow = readFlow(file);

  test('is a workflow of the schema that Power Automate reads, with one trigger', () => {
    const { definition } = flow.properties;
    expect(definition.$schema).toBe(
      'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#',
    );
    expect(definition).toMatchObject({ contentVersion: '1.0.0.0', parameters: { $connections: {} } });
    expect(Object.keys(definition.triggers)).toHaveLength(1);
    expect(flow.schemaVersion).toBe('1.0.0.0');
  });

  test('refers only to operations, parameters, steps and fields that exist', () => {
    expect(checkFlow(flow)).toEqual([]);
  });

  test.each(fieldsNamedIn(flow))('a wrong name at place %i, for %s, would be found', (place, name) => {
    const text = JSON.stringify(flow);
    const wrong = `${text.slice(0, place)}?['no_${name}']${text.slice(place + `?['${name}']`.length)}`;
    expect(checkFlow(JSON.parse(wrong))).toEqual([expect.stringContaining(`there is no field no_${name}`)]);
  });
});

describe('what else would be found', () => {
  test.each([
    ['an operation that does not exist', 'EvaluateBatchJobEvent', 'EvaluateEvent', 'There is no operation'],
    ['a parameter that the operation does not have', '"event":', '"events":', 'has no parameter events'],
    ['a parameter that the operation needs', '"environment":', '"//":', 'needs environment'],
    [
      'a step that does not come before',
      '"runAfter":{}',
      '"runAfter":{"Parse_JSON":["Succeeded"]}',
      'run after',
    ],
    ['a function that does not exist', 'json(string', 'jsn(string', 'jsn is no function'],
    ['an expression that does not end', 'string(triggerBody())', 'string(triggerBody()', 'Expected )'],
    [
      'an environment variable that is not declared',
      "('Environment in",
      "('Enviroment in",
      'there is no parameter',
    ],
    [
      'an action in place of a trigger',
      'OpenApiConnectionWebhook',
      'OpenApiConnection',
      'is no OpenApiConnection',
    ],
  ])('%s', (_what, from, to, finding) => {
    const text = JSON.stringify(readFlow('requeue-failed-batch-jobs.json'));
    expect(text).toContain(from);
    expect(findingsOf(text.replaceAll(from, to))).toContain(finding);
  });
});

test('expressions are read as Power Automate reads them', () => {
  expect(parseExpression("body('It''s')?['a'][0].b")).toEqual({
    kind: 'access',
    of: {
      kind: 'access',
      of: {
        kind: 'access',
        of: { kind: 'call', name: 'body', args: [{ kind: 'literal', value: "It's" }] },
        key: { kind: 'literal', value: 'a' },
      },
      key: { kind: 'literal', value: 0 },
    },
    key: { kind: 'literal', value: 'b' },
  });
  expect(expressionsIn("@@no, but @{string(1)} and @{if(true, '}', null)}")).toHaveLength(2);
  expect(expressionsIn('mail@contoso.com')).toEqual([]);
});

/** Every `?['name']` in the text of a flow, with its place. */
function fieldsNamedIn(flow: Flow): [place: number, name: string][] {
  return [...JSON.stringify(flow).matchAll(/\?\['(\w+)'\]/g)].map(({ index, 1: name = '' }) => [index, name]);
}

function findingsOf(text: string): string {
  try {
    return checkFlow(JSON.parse(text)).join('\n');
  } catch (error) {
    return String(error);
  }
}
