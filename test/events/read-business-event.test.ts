import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import schema from '../../schemas/batch-job-failed.schema.json' with { type: 'json' };
import { importSchemas } from '../../src/cli/schema-import/import-schemas.ts';
import { schemaFileName } from '../../src/events/event-name.ts';
import { createEventSchemas } from '../../src/events/event-schemas.ts';
import { parseLosslessJson } from '../../src/events/lossless-json.ts';
import { type EventIds, readBusinessEvent } from '../../src/events/read-business-event.ts';
import { compileSchema, isObject } from '../../src/events/schema-validator.ts';
import { reasonOfUnidentified } from '../../src/events/unidentified-event.ts';

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
    occurredAt: new Date('2026-03-02T01:01:04.123Z'),
    unknownBusinessEventId: null,
  });
});

test("nobody's e-mail address, and no user's id, comes out of an event", () => {
  expect(recorded.match(/@example\.com/g)).toHaveLength(3);
  expect(JSON.stringify(read(recorded))).not.toMatch(/@|7D2C1B0A/);
});

test('the published sample is read once it is filled in: its empty EventId is none', () => {
  expect(read(sample)).toMatchObject({ kind: 'invalid', violations: [{ pointer: '/BusinessEventId' }] });
  const named = sample.replace('"BusinessEventId":""', '"BusinessEventId":"BatchJobFailedBusinessEvent"');
  expect(read(named)).toEqual({
    kind: 'invalid',
    violations: [{ pointer: '/EventId', message: 'must be text of 1 to 64 characters' }],
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
    occurredAt: new Date('2026-03-02T01:01:04.123Z'),
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
    ['Ended', 'finished'],
    ['executing', 'started'],
    ['CANCELED', 'canceled'],
  ]) {
    expect(read(recordedWith({ BusinessEventId, JobStatus }))).toMatchObject({
      kind: 'progress',
      progress,
      unknownBusinessEventId: BusinessEventId,
    });
  }
  for (const JobStatus of ['Waiting', 'Hold', 'scheduled']) {
    expect(read(recordedWith({ BusinessEventId, JobStatus }))).toEqual({
      kind: 'not-wanted',
      eventId: '5C2E1D0A-7B3F-4E6A-9C41-0F2B8D6E7A13',
      reason: 'Not an event of a batch job that failed, started, finished or was canceled.',
    });
  }
});

test.each([
  ['Fehler', '"Fehler"'],
  ['', null],
  [null, null],
  [undefined, null],
  [3, '3'],
  [{ Value: 3 }, 'an object'],
])(
  'with an unknown id and the JobStatus %j, nothing identifies an event: it says what was seen',
  (JobStatus, jobStatus) => {
    const event = read(recordedWith({ BusinessEventId: 'ContosoJobFailed', JobStatus }));
    expect(event).toEqual({
      kind: 'unidentified',
      eventId: '5C2E1D0A-7B3F-4E6A-9C41-0F2B8D6E7A13',
      jobId: '5637611083',
      businessEventId: 'ContosoJobFailed',
      jobStatus,
    });
    if (event.kind !== 'unidentified') return;
    expect(reasonOfUnidentified(event)).toMatch(
      /ContosoJobFailed, which .* FAILED_EVENT_ID=ContosoJobFailed, or .*\?event=failed/,
    );
  },
);

test('a JobId alone makes no event of a batch job', () => {
  const other = { BusinessEventId: 'ContosoOrderEvent', EventId: 'E1', JobId: 5 };
  expect(read(JSON.stringify(other))).toMatchObject({ kind: 'not-wanted' });
});

test.each([
  ['failed', { kind: 'failed' }],
  ['finished', { kind: 'progress', progress: 'finished' }],
  ['started', { kind: 'progress', progress: 'started' }],
  ['cancelled', { kind: 'progress', progress: 'canceled' }],
] as const)('told to be %s, an event is that, whatever it says itself', (told, expected) => {
  for (const changes of [
    { BusinessEventId: 'ContosoEvent', JobStatus: 'Fehler' },
    { BusinessEventId: 'BatchJobFinishedBusinessEvent', JobStatus: 'Finished' },
    { BusinessEventId: undefined, JobStatus: 4 },
  ]) {
    const event = readBusinessEvent(parse(recordedWith(changes)), ids, shipped, told);
    expect(event).toMatchObject({ ...expected, unknownBusinessEventId: null });
  }
});

test('what is told makes neither the test event nor an event of something else one of a batch job', () => {
  expect(readBusinessEvent(parse(testEvent), ids, shipped, 'failed')).toMatchObject({ kind: 'not-wanted' });
  const invoice = { BusinessEventId: 'CustFreeTextInvoicePostedBusinessEvent', EventId: 'E1' };
  expect(readBusinessEvent(invoice, ids, shipped, 'failed')).toMatchObject({ kind: 'not-wanted' });
  expect(readBusinessEvent({ JobStatus: 'Error' }, ids, shipped, 'failed')).toMatchObject({
    kind: 'invalid',
    violations: [{ pointer: '/JobId' }, { pointer: '/EventId' }],
  });
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
  ['JobId is null', { JobId: null }, '/JobId', 'must be a whole number of 64 bits'],
  ['JobId is a fraction', { JobId: 1.5 }, '/JobId', 'must be a whole number of 64 bits'],
  ['JobId is text with a blank', { JobId: ' 5' }, '/JobId', 'must be a whole number of 64 bits'],
  ['JobId is text with leading zeros', { JobId: '007' }, '/JobId', 'must be a whole number of 64 bits'],
  [
    'JobId is text beyond 64 bits',
    { JobId: '9223372036854775808' },
    '/JobId',
    'must be a whole number of 64 bits',
  ],
  ['JobId is a list', { JobId: [5] }, '/JobId', 'must be a whole number of 64 bits'],
  ['EventId is missing', { EventId: undefined }, '/EventId', 'is required'],
  ['EventId is a number', { EventId: 5 }, '/EventId', 'must be text of 1 to 64 characters'],
  ['EventId is blank', { EventId: '  ' }, '/EventId', 'must be text of 1 to 64 characters'],
  ['EventId is too long', { EventId: 'x'.repeat(65) }, '/EventId', 'must be text of 1 to 64 characters'],
])('%s: a violation with its place', (_what, changes, pointer, message) => {
  expect(read(recordedWith(changes))).toEqual({ kind: 'invalid', violations: [{ pointer, message }] });
});

test('a JobId may be text, and an EventId any text: neither loses a character', () => {
  expect(read(recordedWith({ JobId: '9223372036854775807', EventId: 'evt/1 {ü}' }))).toMatchObject({
    kind: 'failed',
    failure: { jobId: '9223372036854775807', eventId: 'evt/1 {ü}' },
  });
});

const end = '2026-03-02T01:01:01.000Z';

test.each([
  ['/Date(1772413261000+0200)/', end],
  ['2026-03-02T01:01:01', end],
  ['2026-03-02T01:01:01+0000', end],
  ['2026-03-02 03:01:01.0000000 +02', end],
  [1772413261000, end],
  [1772413261, end],
  ['1772413261000', end],
  ['', null],
  [null, null],
  [undefined, null],
  [0, null],
])('an end written as %j is read', (JobEndUtcDateTime, endedAt) => {
  const event = read(recordedWith({ JobEndUtcDateTime }));
  expect(event).toMatchObject({ kind: 'failed', failure: { endedAt: endedAt && new Date(endedAt) } });
  expect(event).not.toHaveProperty('unreadable');
});

test.each([
  ['JobEndUtcDateTime', 'gestern', 'text like "xxxxxxx"', 'a time'],
  ['JobEndUtcDateTime', '02.03.2026 01:01', 'text like "99.99.9999 99:99"', 'a time'],
  ['JobEndUtcDateTime', { year: 2026 }, 'an object', 'a time'],
  ['EventTimeIso8601', [], 'a list', 'a time'],
  ['ControlNumber', 'abc', 'text like "xxx"', 'a whole number of 64 bits'],
  ['ControlNumber', 1.5, 'a number', 'a whole number of 64 bits'],
  ['JobDescription', { text: 'x' }, 'an object', 'text'],
  ['BusinessEventLegalEntity', true, 'true or false', 'text'],
  ['MajorVersion', 'one', 'text like "xxx"', 'a version'],
])('%s as %j rejects nothing: it counts as missing, with a sentence that says so', (field, value, form, expected) => {
  expect(read(recordedWith({ [field]: value }))).toMatchObject({
    kind: 'failed',
    failure: { jobId: '5637611083' },
    unreadable: [`${field} came as ${form}, which cannot be read as ${expected}; it counts as missing.`],
  });
});

test('fields that nobody reads are not even told of', () => {
  const changes = {
    ParentContextRecordSubjects: {},
    ContextRecordSubject: [1],
    AdminEmailId: 5,
    JobStatus: {},
  };
  expect(read(recordedWith(changes))).toEqual(read(recorded));
});

test('a ControlNumber and versions are read from text, too', () => {
  const changes = { ControlNumber: '-9223372036854775808', MajorVersion: '0', MinorVersion: '0' };
  const event = read(recordedWith(changes));
  expect(event).toMatchObject({ kind: 'failed', failure: { controlNumber: '-9223372036854775808' } });
  expect(event).not.toHaveProperty('unreadable');
  expect(read(recordedWith({ MajorVersion: '9' }))).toHaveProperty('unknownVersion');
});

test.each([
  [{ EventTimeIso8601: '2026-03-02T01:01:09.5Z' }, '2026-03-02T01:01:09.500Z'],
  [
    { EventTimeIso8601: '1900-01-01T00:00:00Z', EventTime: '/Date(1772413262000)/' },
    '2026-03-02T01:01:02.000Z',
  ],
  [{ EventTimeIso8601: 'soon', EventTime: '/Date(1772413262000)/' }, '2026-03-02T01:01:02.000Z'],
  [{ EventTimeIso8601: undefined, EventTime: '/Date(-2208988800000)/' }, null],
])('when F&O sent an event is told by %j', (changes, expected) => {
  for (const BusinessEventId of [ids.failed, ids.finished]) {
    expect(read(recordedWith({ ...changes, BusinessEventId }))).toMatchObject({
      occurredAt: expected && new Date(expected),
    });
  }
});

test('a schema that was imported as strict refuses every deviation', () => {
  const result = importSchemas([parse(recorded)].filter(isObject), {
    event: undefined,
    version: undefined,
    strict: true,
    fileName: '',
  });
  if (result.kind === 'refused') throw new Error(result.reason);
  const strict = createEventSchemas(
    result.imports.map(({ name, schema: inferred }) => ({ file: schemaFileName(name), schema: inferred })),
  );
  const readStrictly = (changes: object) =>
    readBusinessEvent(parse(recordedWith({ ...changes })), ids, strict);
  expect(readStrictly({})).toMatchObject({ kind: 'failed' });
  for (const changes of [{ New: 1 }, { JobEndUtcDateTime: '' }, { JobId: '5' }, { EventId: 'E1' }]) {
    expect(readStrictly(changes)).toMatchObject({
      kind: 'invalid',
      violations: [{ pointer: `/${Object.keys(changes)[0]}` }],
    });
  }
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
  expect(pointers.toSorted()).toEqual(['/EventId', '/JobId']);
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
      'BatchJobFailedBusinessEvent has version 9.0, for which there is no schema: the service validates it against ' +
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
      expect(['failed', 'progress', 'unidentified', 'not-wanted', 'invalid']).toContain(
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
