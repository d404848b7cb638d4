import { expect, test } from 'vitest';
import { importSchemas } from '../../../src/cli/schema-import/import-schemas.ts';
import { schemaFileName } from '../../../src/events/event-name.ts';
import { recorded, sample, testEvent } from '../../events/recorded-event.ts';
import { importAll, importOne, valuesOf, violations } from './import-text.ts';

test('the schema of the published sample accepts a realistic event', () => {
  expect(violations(importOne(sample), recorded)).toEqual([]);
});

test.each([
  ['without JobId', { JobId: undefined }, '/JobId', 'is required'],
  ['with JobId as text', { JobId: '5637611083' }, '/JobId', 'must be a whole number of 64 bits'],
  ['with a null JobId', { JobId: null }, '/JobId', 'must be a whole number of 64 bits'],
  ['without EventId', { EventId: undefined }, '/EventId', 'is required'],
  [
    'with an end that is no date',
    { JobEndUtcDateTime: 'yesterday' },
    '/JobEndUtcDateTime',
    'must be a time: /Date(milliseconds since 1970)/ or ISO 8601',
  ],
])(
  'the schema of the published sample refuses an event %s, with the place',
  (_what, changes, pointer, message) => {
    const event = JSON.stringify({ ...JSON.parse(recorded), ...changes });
    expect(violations(importOne(sample), event)).toEqual([{ pointer, message }]);
  },
);

test.each([
  ['null in each text', { JobDescription: null, AdminEmailId: null, JobStatus: null }],
  ['null for its parents', { ParentContextRecordSubjects: null }],
  ['an ISO time with seven decimals', { JobEndUtcDateTime: '2026-03-02T01:01:01.1234567Z' }],
  ['fields of a newer version', { JobCategory: { deep: [1] } }],
])('the schema of the published sample accepts an event with %s', (_what, changes) => {
  expect(violations(importOne(sample), JSON.stringify({ ...JSON.parse(recorded), ...changes }))).toEqual([]);
});

test('the schema of the published sample takes every digit of an int64', () => {
  const imported = importOne(sample);
  const largest = recorded.replace('5637611083', '9223372036854775807');
  expect(violations(imported, largest)).toEqual([]);
  expect(violations(imported, largest.replace('775807', '775808'))).toMatchObject([{ pointer: '/JobId' }]);
});

test('a strict schema refuses a field that its sample does not have, with the place', () => {
  const [imported] = importAll(sample, { strict: true });
  if (!imported) throw new Error('nothing was imported');
  expect(violations(imported, recorded)).toEqual([]);
  const newer = JSON.stringify({ ...JSON.parse(recorded), 'Error/Text': 'x' });
  expect(violations(imported, newer)).toEqual([{ pointer: '/Error~1Text', message: 'is not known here' }]);
});

const idOf = (fileName: string, event?: string) => importAll(sample, { fileName, event })[0]?.name.id;

test('a sample does not name its event: the file does, and without it the event is a failed one', () => {
  expect(idOf('Batch job finished.txt')).toBe('BatchJobFinishedBusinessEvent');
  expect(idOf('BatchJobStarted.json')).toBe('BatchJobStartedBusinessEvent');
  expect(idOf('cancelled')).toBe('BatchJobCancelledBusinessEvent');
  expect(idOf('schema (1).json')).toBe('BatchJobFailedBusinessEvent');
  expect(idOf('Batch job finished.txt', 'ContosoJobDone')).toBe('ContosoJobDone');
  expect(importAll(sample, { fileName: 'x' })[0]?.notes).toEqual([
    expect.stringMatching(/taken as BatchJobFailedBusinessEvent.*--event/),
  ]);
});

test('what a sample does not say is accepted, and is to be checked', () => {
  const more = sample
    .replace('}\n', '}')
    .replace(/\}$/, ',"Amount":0,"Extra":null,"Tasks":[{"Id":1}],"Count":7}');
  const imported = importOne(more);
  const checks = imported.fields.flatMap(({ name, check }) => (check === null ? [] : [`${name}: ${check}`]));
  expect(checks).toEqual([
    'Amount: only 0 was seen, which may stand for a whole number or not: both are accepted',
    'Count: only whole numbers were seen: one with decimals does not fit',
    'Extra: only null was seen, so anything is accepted',
    'Tasks: what is inside is not checked',
  ]);
  const event = { ...JSON.parse(recorded), Amount: 1.5, Extra: { a: 1 }, Tasks: null, Count: 1 };
  expect(violations(imported, JSON.stringify(event))).toEqual([]);
  expect(violations(imported, JSON.stringify({ ...event, Amount: 'x', Count: 1.5 }))).toEqual([
    { pointer: '/Amount', message: 'must be a number' },
    { pointer: '/Count', message: 'must be a whole number of 64 bits' },
  ]);
});

test('a value that F&O is not known to send is accepted, and is to be checked', () => {
  const odd = JSON.stringify({
    ...JSON.parse(recorded),
    JobEndUtcDateTime: 'yesterday',
    ControlNumber: null,
  });
  const imported = importOne(odd);
  expect(violations(imported, odd)).toEqual([]);
  expect(imported.fields.filter(({ check }) => check !== null)).toEqual([
    {
      name: 'JobEndUtcDateTime',
      accepts: 'text or null',
      isRequired: false,
      check: 'values were seen that F&O is not known to send: they are accepted too',
    },
  ]);
});

test('captured events give one schema for each event and version, and the test event none', () => {
  const newer = JSON.stringify({ ...JSON.parse(recorded), MajorVersion: 1, MinorVersion: 2, ErrorText: 'x' });
  const finished = recorded.replace('JobFailed', 'JobFinished').replaceAll('\n', '');
  const lines = [
    recorded.replaceAll('\n', ''),
    testEvent,
    newer,
    finished,
    recorded.replaceAll('\n', ''),
  ].join('\n');
  const imports = importAll(lines);
  expect(imports.map(({ name, source }) => [schemaFileName(name), source])).toEqual([
    ['batch-job-failed-business-event.0.0.schema.json', '2 events'],
    ['batch-job-failed-business-event.1.2.schema.json', 'one sample or event'],
    ['batch-job-finished-business-event.0.0.schema.json', 'one sample or event'],
  ]);
  expect(imports[0]?.notes).toEqual(['Test events were left out.']);
});

test('values of more than one kind are all accepted, and others refused in one line', () => {
  const events = [1, 'x', null].map((value) => JSON.stringify({ ...JSON.parse(recorded), Mixed: value }));
  const imported = importOne(`[${events.join(',')}]`);
  for (const event of events) expect(violations(imported, event)).toEqual([]);
  expect(violations(imported, JSON.stringify({ ...JSON.parse(recorded), Mixed: [] }))).toEqual([
    { pointer: '/Mixed', message: 'must be text or a whole number of 64 bits or null' },
  ]);
});

test.each([
  ['a list of numbers', '[1]', /^It holds no JSON object\.$/],
  ['an event and a text', `[${recorded},"x"]`, /^The value at \/1 is not a JSON object\.$/],
  ['an event of something else', '{"BusinessEventId":"X","EventId":"Y"}', /no field JobId/],
  ['a schema of something else', '{"properties":{"a":{"type":"string"}}}', /no field BusinessEventId/],
  ['an event among others', `[${recorded},{"BusinessEventId":"X"}]`, /^At \/1: It has no field EventId/],
  ['only the test event', testEvent, /only test events/],
])('%s is refused, with the reason', (_what, text, reason) => {
  const result = importSchemas(valuesOf(text), {
    event: undefined,
    version: undefined,
    strict: false,
    fileName: '',
  });
  expect(result).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) });
});

test.each(['constructor', 'valueOf', 'toString'])('a field may be called %s', (name) => {
  const event = JSON.stringify({ ...JSON.parse(recorded), [name]: 'x' });
  expect(violations(importOne(event), recorded)).toEqual([]);
  expect(violations(importOne(event), event)).toEqual([]);
  expect(violations(importOne(event), event.replace('"x"', '1'))).toMatchObject([{ pointer: `/${name}` }]);
});
