import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBusinessEvent } from '../../src/events/read-business-event.ts';
import { ids, read, recorded, recordedFailure, recordedWith, sample, shipped } from './recorded-event.ts';

test('a recorded event is read as a failure, with all that decides and nothing more', () => {
  expect(read(recorded)).toEqual({
    kind: 'failed',
    failure: recordedFailure,
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
])(
  '%s as %j rejects nothing: it counts as missing, with a sentence that says so',
  (field, value, form, expected) => {
    expect(read(recordedWith({ [field]: value }))).toMatchObject({
      kind: 'failed',
      failure: { jobId: '5637611083' },
      unreadable: [`${field} came as ${form}, which cannot be read as ${expected}; it counts as missing.`],
    });
  },
);

test('fields that nobody reads are not even logged', () => {
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
])('when F&O sent an event follows from %j', (changes, expected) => {
  for (const BusinessEventId of [ids.failed, ids.finished]) {
    expect(read(recordedWith({ ...changes, BusinessEventId }))).toMatchObject({
      occurredAt: expected && new Date(expected),
    });
  }
});

test('an EventId in braces and lower case is the same event', () => {
  const spelled = recordedWith({ EventId: '{5c2e1d0a-7b3f-4e6a-9c41-0f2b8d6e7a13}' });
  expect(read(spelled)).toEqual(read(recorded));
});

test('fields that newer versions add are accepted, and a version that no schema is known for is logged', () => {
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
