import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventSchemas } from '../../src/events/event-schemas.ts';
import { parseLosslessJson } from '../../src/events/lossless-json.ts';
import { type EventIds, readBusinessEvent } from '../../src/events/read-business-event.ts';
import { compileSchema } from '../../src/events/schema-validator.ts';
import schema from '../../schemas/batch-job-failed.schema.json' with { type: 'json' };

const ids: EventIds = {
  failed: 'BatchJobFailedBusinessEvent',
  finished: 'BatchJobFinishedBusinessEvent',
  started: 'BatchJobStartedBusinessEvent',
  cancelled: 'BatchJobCancelledBusinessEvent',
};
const shipped = createEventSchemas([]);
const recorded = readFileSync(new URL('../fixtures/batch-job-failed.json', import.meta.url), 'utf8');
const sample = readFileSync(new URL('../../schemas/batch-job-failed.sample.json', import.meta.url), 'utf8');
const testEvent =
  '{"BusinessEventId":"BusinessEventsTestEndpointContract","BusinessEventLegalEntity":"001","ControlNumber":-9223372036854775808,"EventId":"8D1220EB-E514-4E35-844E-E062DEF0C05D"}';

test('a recorded event is read as a failure, with all that decides and nothing more', () => {
  expect(read(recorded)).toEqual({
    kind: 'failed',
    failure: {
      eventId: '5C2E1D0A-7B3F-4E6A-9C41-0F2B8D6E7A13',
      jobId: '5637611083',
      description: 'Nightly posting',
      legalEntity: 'USMF',
      endedAt: new Date('2026-03-02T01:01:01Z'),
      controlNumber: '68719932288',
    },
    unknownBusinessEventId: null,
  });
});

test("nobody's e-mail address, and no user's id, comes out of an event", () => {
  expect(recorded.match(/@example\.com/g)).toHaveLength(3);
  expect(JSON.stringify(read(recorded))).not.toMatch(/@|7D2C1B0A/);
});

test('the published sample is read once it is filled in: its empty EventId is no GUID', () => {
  expect(read(sample)).toMatchObject({ kind: 'invalid', violations: [{ pointer: '/BusinessEventId' }] });
  const named = sample.replace('"BusinessEventId":""', '"BusinessEventId":"BatchJobFailedBusinessEvent"');
  expect(read(named)).toEqual({
    kind: 'invalid',
    violations: [{ pointer: '/EventId', message: 'must be a GUID' }],
  });
  const filled = named.replace('"EventId":""', '"EventId":"5C2E1D0A-7B3F-4E6A-9C41-0F2B8D6E7A13"');
  expect(read(filled)).toMatchObject({
    kind: 'failed',
    failure: { jobId: '0', description: '', legalEntity: '', endedAt: null, controlNumber: '0' },
  });
});

test('the test event of an activation is not wanted, and no violation', () => {
  expect(read(testEvent)).toEqual({
    kind: 'not-wanted',
    eventId: '8D1220EB-E514-4E35-844E-E062DEF0C05D',
    reason: 'The test event that F&O sends when an endpoint is activated.',
  });
});

test.each([
  ['BatchJobFinishedBusinessEvent', 'finished'],
  ['batchjobstartedbusinessevent', 'started'],
  ['BATCHJOBCANCELLEDBUSINESSEVENT', 'canceled'],
])('the event %s tells that the job %s, whatever its JobStatus', (BusinessEventId, progress) => {
  expect(read(recordedWith({ BusinessEventId }))).toEqual({
    kind: 'progress',
    progress,
    event: {
      eventId: '5C2E1D0A-7B3F-4E6A-9C41-0F2B8D6E7A13',
      jobId: '5637611083',
      description: 'Nightly posting',
      legalEntity: 'USMF',
      endedAt: new Date('2026-03-02T01:01:01Z'),
      controlNumber: '68719932288',
    },
    unknownBusinessEventId: null,
  });
});

test('an event of a job that finished is held to the same schema', () => {
  const BusinessEventId = 'BatchJobFinishedBusinessEvent';
  expect(read(recordedWith({ BusinessEventId, JobId: undefined }))).toEqual({
    kind: 'invalid',
    violations: [{ pointer: '/JobId', message: 'is required' }],
  });
});

test('an event of something else is not wanted', () => {
  const invoice = { BusinessEventId: 'CustFreeTextInvoicePostedBusinessEvent', EventId: 'x'.repeat(100) };
  expect(read(JSON.stringify(invoice))).toEqual({
    kind: 'not-wanted',
    eventId: 'x'.repeat(64),
    reason: 'Not an event of a batch job.',
  });
});

test('an event under an unknown id is told by its JobStatus, and named', () => {
  const BusinessEventId = 'BatchJobFailureEventV2';
  expect(read(recordedWith({ BusinessEventId }))).toMatchObject({
    kind: 'failed',
    failure: { jobId: '5637611083' },
    unknownBusinessEventId: BusinessEventId,
  });
  expect(read(recordedWith({ BusinessEventId, JobStatus: 'error' }))).toMatchObject({ kind: 'failed' });
  for (const [JobStatus, progress] of [
    ['Finished', 'finished'],
    ['executing', 'started'],
    ['CANCELED', 'canceled'],
  ]) {
    expect(read(recordedWith({ BusinessEventId, JobStatus }))).toMatchObject({
      kind: 'progress',
      progress,
      unknownBusinessEventId: BusinessEventId,
    });
  }
  for (const JobStatus of ['', 'Waiting', 'Hold']) {
    expect(read(recordedWith({ BusinessEventId, JobStatus }))).toEqual({
      kind: 'not-wanted',
      eventId: '5C2E1D0A-7B3F-4E6A-9C41-0F2B8D6E7A13',
      reason: 'Not an event of a batch job that failed, started, finished or was canceled.',
    });
  }
  expect(read(recordedWith({ BusinessEventId, JobStatus: null }))).toMatchObject({ kind: 'not-wanted' });
});

test('an event under the configured id is a failure without a JobStatus, and its id has no case', () => {
  const named = recordedWith({ BusinessEventId: 'CONTOSOJOBFAILED', JobStatus: null });
  expect(readBusinessEvent(parse(named), { ...ids, failed: 'ContosoJobFailed' }, shipped)).toMatchObject({
    kind: 'failed',
    unknownBusinessEventId: null,
  });
});

test.each([
  ['JobId is missing', { JobId: undefined }, '/JobId', 'is required'],
  ['JobId is text', { JobId: '5637611083' }, '/JobId', 'must be a whole number of 64 bits'],
  ['JobId is null', { JobId: null }, '/JobId', 'must be a whole number of 64 bits'],
  ['JobId is a fraction', { JobId: 1.5 }, '/JobId', 'must be a whole number of 64 bits'],
  ['EventId is missing', { EventId: undefined }, '/EventId', 'is required'],
  ['EventId is no GUID', { EventId: '5C2E1D0A' }, '/EventId', 'must be a GUID'],
  ['JobDescription is a number', { JobDescription: 5 }, '/JobDescription', 'must be string,null'],
  ['ControlNumber is text', { ControlNumber: '1' }, '/ControlNumber', 'must be a whole number of 64 bits'],
  [
    'the end is no time',
    { JobEndUtcDateTime: 'yesterday' },
    '/JobEndUtcDateTime',
    'must be a time: /Date(milliseconds since 1970)/ or ISO 8601',
  ],
  [
    'ParentContextRecordSubjects is an object',
    { ParentContextRecordSubjects: {} },
    '/ParentContextRecordSubjects',
    'must be array,string,null',
  ],
])('%s: a violation with its place', (_what, changes, pointer, message) => {
  expect(read(recordedWith(changes))).toEqual({ kind: 'invalid', violations: [{ pointer, message }] });
});

test('a null EventId is a violation at its place', () => {
  const event = read(recordedWith({ EventId: null }));
  expect(event).toMatchObject({ kind: 'invalid', violations: [{ pointer: '/EventId' }] });
});

test.each(['9223372036854775808', '-9223372036854775809', '1e400', '9'.repeat(1000)])(
  'a JobId beyond 64 bits is a violation: %s',
  (digits) => {
    expect(read(recorded.replace('5637611083', digits))).toEqual({
      kind: 'invalid',
      violations: [{ pointer: '/JobId', message: 'must be a whole number of 64 bits' }],
    });
  },
);

test('every violation is named, not only the first', () => {
  const event = read(recordedWith({ JobId: undefined, EventId: 5, JobEndUtcDateTime: '' }));
  const pointers = event.kind === 'invalid' ? event.violations.map(({ pointer }) => pointer) : [];
  expect(pointers.toSorted()).toEqual(['/EventId', '/JobEndUtcDateTime', '/JobId']);
});

test.each([['[]'], ['null'], ['5'], ['"BatchJobFailedBusinessEvent"'], ['9223372036854775807']])(
  '%s is no object, and so no event',
  (text) => {
    expect(read(text)).toEqual({
      kind: 'invalid',
      violations: [{ pointer: '', message: 'must be an object' }],
    });
  },
);

test.each([['{}'], ['{"BusinessEventId":null}'], ['{"BusinessEventId":5}'], ['{"BusinessEventId":""}']])(
  '%s does not say what it is: a violation',
  (text) => {
    expect(read(text)).toMatchObject({ kind: 'invalid', violations: [{ pointer: '/BusinessEventId' }] });
  },
);

test('an EventId in braces and lower case is the same event', () => {
  const spelled = recordedWith({ EventId: '{5c2e1d0a-7b3f-4e6a-9c41-0f2b8d6e7a13}' });
  expect(read(spelled)).toEqual(read(recorded));
});

test('fields that newer versions add are accepted, and a version that no schema is known for is told of', () => {
  const more = { JobCategory: { deep: [1, null] }, ErrorText: 'x' };
  expect(read(recordedWith(more))).toEqual(read(recorded));
  expect(read(recordedWith({ ...more, MajorVersion: 9 }))).toEqual({
    ...read(recorded),
    unknownVersion:
      'BatchJobFailedBusinessEvent comes in version 9.0, for which there is no schema: it is held to ' +
      'batch-job-failed.schema.json. Import the schema of that version (schema import).',
  });
});

test('null text is no text, and a missing end is none', () => {
  const bare = recordedWith({
    JobDescription: null,
    BusinessEventLegalEntity: null,
    JobEndUtcDateTime: null,
  });
  expect(read(bare)).toMatchObject({
    kind: 'failed',
    failure: { description: '', legalEntity: '', endedAt: null },
  });
});

test('half a surrogate pair in a description becomes text that can be stored', () => {
  const event = read(recorded.replace('Nightly posting', 'Nightly \\ud800 posting'));
  expect(event).toMatchObject({ failure: { description: 'Nightly � posting' } });
});

test('every int64 goes through from the text of the event, as JobId and as ControlNumber', () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(int64, int64, (id, number) => {
      const text = recorded.replace('5637611083', String(id)).replace('68719932288', String(number));
      expect(read(text)).toMatchObject({ failure: { jobId: String(id), controlNumber: String(number) } });
    }),
  );
});

test('whatever JSON comes, it is read as something', () => {
  const keys = fc.constantFrom('BusinessEventId', 'JobId', 'EventId', 'JobStatus', 'ControlNumber');
  const values = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(ids.failed, 'Error', 5));
  fc.assert(
    fc.property(fc.dictionary(keys, values), (value) => {
      expect(['failed', 'progress', 'not-wanted', 'invalid']).toContain(
        readBusinessEvent(value, ids, shipped).kind,
      );
    }),
  );
});

test('the schema is one that a plain draft-07 validator can use, on what its numbers can hold', () => {
  const ajv = new Ajv({ validateFormats: false, allowUnionTypes: true });
  expect(ajv.validateSchema(schema)).toBe(true);
  const validate = ajv.compile(schema);
  expect(validate(JSON.parse(recorded))).toBe(true);
  expect(validate(JSON.parse(recordedWith({ JobId: '5' })))).toBe(false);
  expect(validate(JSON.parse(recordedWith({ EventId: 'x' })))).toBe(false);
});

test('the schema knows every field of the published sample', () => {
  expect(Object.keys(schema.properties)).toEqual(Object.keys(JSON.parse(sample)));
});

test('a place is a JSON pointer into what was validated', () => {
  const validate = compileSchema({
    type: 'object',
    properties: { list: { type: 'array', items: { type: 'integer', format: 'int64' } } },
  });
  expect(validate({ list: [1, 2n ** 63n - 1n, 2n ** 63n, 'x'] })).toEqual([
    { pointer: '/list/2', message: 'must be a whole number of 64 bits' },
    { pointer: '/list/3', message: 'must be a whole number of 64 bits' },
  ]);
});

function read(text: string) {
  return readBusinessEvent(parse(text), ids, shipped);
}

function parse(text: string): unknown {
  const result = parseLosslessJson(text);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

/** The recorded event with some fields changed, or gone if undefined. */
function recordedWith(changes: Record<string, unknown>): string {
  const event: object = JSON.parse(recorded);
  return JSON.stringify({ ...event, ...changes });
}
