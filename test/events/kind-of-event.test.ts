import { expect, test } from 'vitest';
import { readBusinessEvent } from '../../src/events/read-business-event.ts';
import { reasonOfUnidentified } from '../../src/events/unidentified-event.ts';
import { ids, parse, read, recordedFailure, recordedWith, shipped, testEvent } from './recorded-event.ts';

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
])('the event %s means that the job %s, whatever its JobStatus', (BusinessEventId, progress) => {
  expect(read(recordedWith({ BusinessEventId }))).toEqual({
    kind: 'progress',
    progress,
    event: recordedFailure,
    occurredAt: new Date('2026-03-02T01:01:04.123Z'),
    unknownBusinessEventId: null,
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

test('an event under an unknown id is recognized by its JobStatus, and named', () => {
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

test.each([[undefined], [null], [''], [7], [{ Value: 'BatchJobFailedBusinessEvent' }]])(
  'an event whose BusinessEventId is %j is recognized by its JobStatus, and is none without one that is known',
  (BusinessEventId) => {
    expect(read(recordedWith({ BusinessEventId }))).toMatchObject({
      kind: 'failed',
      failure: { jobId: '5637611083' },
      unknownBusinessEventId: '',
    });
    expect(read(recordedWith({ BusinessEventId, JobStatus: 'Hold' }))).toMatchObject({ kind: 'not-wanted' });
    for (const changes of [{ JobStatus: 'Fehler' }, { JobStatus: null }, { JobId: undefined }]) {
      expect(read(recordedWith({ BusinessEventId, ...changes }))).toMatchObject({
        kind: 'invalid',
        violations: [{ pointer: '/BusinessEventId' }],
      });
    }
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
] as const)('taken as %s by its address, an event is that, whatever it says itself', (kind, expected) => {
  for (const changes of [
    { BusinessEventId: 'ContosoEvent', JobStatus: 'Fehler' },
    { BusinessEventId: 'BatchJobFinishedBusinessEvent', JobStatus: 'Finished' },
    { BusinessEventId: undefined, JobStatus: 4 },
  ]) {
    const event = readBusinessEvent(parse(recordedWith(changes)), ids, shipped, kind);
    expect(event).toMatchObject({ ...expected, unknownBusinessEventId: null });
  }
});

test('the address makes neither the test event nor an event of something else one of a batch job', () => {
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
