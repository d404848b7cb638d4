import { expect, test } from 'vitest';
import { classifyRead, classifySetToWaiting } from '../../../src/adapters/fno/classify.ts';
import { jobId, now } from '../../policy/builders.ts';

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

test("a read tells the job's status, description and legal entity, and when its last run ended", () => {
  const entity = `{"BatchJobRecId":${jobId},"JobDescription":"Nightly \ud800posting","Status":"Error","CompanyAccounts":"USMF","EndDateTime":"2026-03-02T00:59:00Z"}`;
  expect(classifyRead({ ...answered(200), body: entity }, jobId, now)).toMatchObject({
    kind: 'found',
    observation: {
      status: 'Error',
      description: 'Nightly \ufffdposting',
      legalEntity: 'USMF',
      endedAt: new Date('2026-03-02T00:59:00Z'),
    },
  });
});

test('a read of an entity without the documented texts tells empty ones', () => {
  expect(
    classifyRead({ ...answered(200), body: '{"Status":"Error","JobDescription":5}' }, jobId, now),
  ).toMatchObject({ kind: 'found', observation: { description: '', legalEntity: '', endedAt: null } });
});

function answered(status: number) {
  return { kind: 'answered', status, retryAfter: undefined, body: '' } as const;
}
