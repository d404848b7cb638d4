import { expect, test } from 'vitest';
import { toListedJobs } from '../../../src/adapters/fno/batch-job-entity.ts';
import { classifyList, classifyRead, classifySetToWaiting } from '../../../src/adapters/fno/classify.ts';
import { jobId, now } from '../../domain/job/builders.ts';

test.each([
  [500, true, false],
  [501, true, false],
  [502, false, true],
  [504, false, true],
  [599, true, false],
])(
  'HTTP %i to a requeue: not known whether F&O acted, a server error (%s), a fault of a gateway (%s)',
  (status, serverError, gatewayFault) => {
    expect(classifySetToWaiting(answered(status), jobId, now)).toEqual({
      kind: 'unknown',
      serverError,
      gatewayFault,
      answer: { status, isSuccess: null, message: `HTTP ${status}` },
    });
  },
);

test.each([
  ['no answer', { kind: 'no-answer', message: 'no answer in time' } as const],
  ['HTTP 408', answered(408)],
  ['HTML', { ...answered(200), body: '<!doctype html>' }],
])('%s to a requeue: not known whether F&O acted, and no fault of a gateway', (_what, reply) => {
  expect(classifySetToWaiting(reply, jobId, now)).toMatchObject({
    kind: 'unknown',
    serverError: false,
    gatewayFault: false,
  });
});

test('HTTP 503 to a requeue: not taken, and tried again when F&O asks for', () => {
  expect(classifySetToWaiting({ ...answered(503), retryAfter: '7' }, jobId, now)).toMatchObject({
    kind: 'unavailable',
    retryAfterMs: 7000,
  });
});

test.each([500, 502, 503, 504])('HTTP %i to a read: not available, for a read changes nothing', (status) => {
  expect(classifyRead(answered(status), jobId, now)).toMatchObject({
    kind: 'unavailable',
    answer: { status },
  });
});

test.each([
  ['of another job', '{"IsSuccess":true,"BatchJobId":1,"ResponseStatusCode":200}'],
  ['that succeeded, with HTTP 500', '{"IsSuccess":true,"ResponseStatusCode":500}'],
])('HTTP 200 with an answer %s: it is not known whether F&O acted', (_what, body) => {
  const outcome = classifySetToWaiting({ ...answered(200), body }, jobId, now);
  expect(outcome).toMatchObject({ kind: 'unknown', serverError: false, gatewayFault: false });
});

test.each([409, 412, 423, 425])(
  'HTTP %i: F&O did not act and may later, and as soon as it asks for, whether it was to act or to be read',
  (status) => {
    const reply = { ...answered(status), retryAfter: '7' };
    const expected = { kind: 'unavailable', retryAfterMs: 7000, answer: { status } };
    expect(classifySetToWaiting(reply, jobId, now)).toMatchObject(expected);
    expect(classifyRead(reply, jobId, now)).toMatchObject(expected);
    expect(classifyList(reply, now)).toMatchObject(expected);
  },
);

test.each([400, 404, 405, 406, 410, 415, 422])('HTTP %i to a requeue: refused for good', (status) => {
  expect(classifySetToWaiting(answered(status), jobId, now)).toMatchObject({ kind: 'refused' });
});

test.each([
  ['an OData error', '{"error":{"code":"","message":"No such job."}}', 'not-found', 'No such job.'],
  ['nothing', '', 'unavailable', 'HTTP 404'],
  ['spaces', ' \r\n', 'unavailable', 'HTTP 404'],
  ['HTML', '<!doctype html><h1>Not found</h1>', 'unavailable', 'HTTP 404'],
  ['JSON of something else', '{"statusCode":404,"message":"Gone fishing"}', 'unavailable', 'Gone fishing'],
  ['an error that is none of OData', '{"error":"not found"}', 'unavailable', 'HTTP 404'],
  [
    'a wrong address',
    '{"Message":"No HTTP resource was found that matches the request URI."}',
    'misconfigured',
    'No HTTP resource was found that matches the request URI.',
  ],
])('404 with %s to a read', (_what, body, kind, message) => {
  expect(classifyRead({ ...answered(404), body }, jobId, now)).toMatchObject({
    kind,
    answer: { status: 404, message },
  });
});

const entity = {
  BatchJobRecId: 5637144576,
  JobDescription: 'Nightly \ud800posting',
  Status: 'Waiting',
  CompanyAccounts: 'USMF',
  StartDateTime: '2026-03-02T00:57:10Z',
  EndDateTime: '2026-03-02T00:59:00Z',
  OrigStartDateTime: '2026-03-03T00:57:00.123Z',
  Recurrence: 'B/1E/gM=',
};

function read(fields: object, answeredAt: Date | null = null) {
  const body = JSON.stringify({ ...entity, BatchJobRecId: undefined, ...fields });
  return classifyRead({ ...answered(200), answeredAt, body }, jobId, now);
}

test("a read gives the job's status, times and texts, whether it recurs, and F&O's clock", () => {
  const readAt = new Date('2026-03-02T01:00:03Z');
  expect(read({}, readAt)).toMatchObject({
    kind: 'found',
    observation: {
      status: 'Waiting',
      startedAt: new Date('2026-03-02T00:57:10Z'),
      endedAt: new Date('2026-03-02T00:59:00Z'),
      scheduledAt: new Date('2026-03-03T00:57:00.123Z'),
      isRecurring: true,
      readAt,
      description: 'Nightly \ufffdposting',
      legalEntity: 'USMF',
    },
  });
});

test.each([[''], [' '], [null], [undefined], [5]])(
  'a job whose Recurrence is %j does not recur',
  (Recurrence) => {
    expect(read({ Recurrence })).toMatchObject({ observation: { isRecurring: false } });
  },
);

test('a read that gives another job gives none', () => {
  expect(read({ BatchJobRecId: 5637144577 })).toMatchObject({ kind: 'unavailable' });
});

test('what F&O does not show is null or empty, and 1900 is no date', () => {
  const observation = {
    status: 'Error',
    startedAt: null,
    endedAt: null,
    scheduledAt: null,
    isRecurring: false,
    readAt: null,
    description: '',
    legalEntity: '',
  };
  const none = '1900-01-01T00:00:00Z';
  const said = { ...answered(200), body: '{"Status":"Error","JobDescription":5}' };
  expect(classifyRead(said, jobId, now)).toMatchObject({ kind: 'found', observation });
  const times = `"StartDateTime":"${none}","EndDateTime":"${none}","OrigStartDateTime":"${none}"`;
  const no = { ...answered(200), body: `{"Status":"Error",${times}}` };
  expect(classifyRead(no, jobId, now)).toMatchObject({ kind: 'found', observation });
});

test('the jobs of a list have all that a read gives', () => {
  const readAt = new Date('2026-03-02T01:00:03Z');
  const body = JSON.stringify({ value: [entity, { ...entity, Status: null }, { Status: 'Error' }, null] });
  const listed = classifyList({ ...answered(200), answeredAt: readAt, body }, now);
  const alone = read({}, readAt);
  if (listed.kind !== 'page' || alone.kind !== 'found') throw new Error('F&O answered both');
  expect(toListedJobs(listed.rows, listed.readAt)).toEqual([{ jobId: '5637144576', ...alone.observation }]);
});

test('a refusal whose text has raw line breaks is a refusal, with its reason', () => {
  const body = `{"ResponseStatusCode":400,"IsSuccess":false,"Batch JobId":${jobId},"ExceptionDetails":"Locked.\r\n\tat Batch\r\n","reponseMessage":""}`;
  for (const text of [body, JSON.stringify({ value: body })]) {
    expect(classifySetToWaiting({ ...answered(200), body: text }, jobId, now)).toMatchObject({
      kind: 'refused',
      answer: { isSuccess: false, message: 'Locked.\r\n\tat Batch' },
    });
  }
});

function answered(status: number) {
  return { kind: 'answered', status, retryAfter: undefined, answeredAt: null, body: '' } as const;
}
