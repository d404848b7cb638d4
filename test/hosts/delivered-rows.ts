import { gzipSync } from 'node:zlib';
import { testEvent } from '../../src/sandbox/business-events.ts';
import { nightlyPosting } from '../helpers/a-service.ts';
import { anEvent, eventId } from './an-event.ts';
import { failsAgain, brokenLedger, event, lostLedger, path, type Row } from './asking.ts';

const { jobId } = nightlyPosting;

/** Of what is delivered. */
export const deliveredRows: Row[] = [
  // 200: a final decision
  [
    'a failure that is requeued',
    { status: 200, body: { decision: 'requeued', retry: 1, dueAt: null } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      return sent({ path, body: event });
    },
  ],
  [
    'a duplicate',
    { status: 200, body: { decision: 'duplicate', jobId } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      return sent({ path, body: event });
    },
  ],
  [
    'a failure after the budget is used up',
    { status: 200, body: { decision: 'exhausted', maxRetries: 1 } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      return sent({ path, body: await failsAgain(sandbox, 20) });
    },
    { policy: { jobs: [{ name: 'Once', match: { jobId: '*' }, maxRetries: 1 }] } },
  ],
  [
    'another event of the run that was requeued',
    { status: 200, body: { decision: 'duplicate' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      return sent({ path, body: anEvent({ EventId: `"${eventId(2)}"`, ControlNumber: '68719932000' }) });
    },
  ],
  [
    'a failure of a job that a person has canceled',
    { status: 200, body: { decision: 'superseded' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      sandbox.setStatus(jobId, 'Canceled');
      return sent({ path, body: event });
    },
  ],
  [
    'a failure that F&O refuses to requeue',
    { status: 200, body: { decision: 'refused' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      sandbox.faults.add({ kind: 'refused', message: 'Batch group is closed' }, { on: 'action' });
      return sent({ path, body: event });
    },
  ],
  [
    'a failure under a policy that only watches',
    { status: 200, body: { decision: 'shadow' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      return sent({ path, body: event });
    },
    { policy: { jobs: [{ name: 'Watches', match: { jobId: '*' }, mode: 'shadow' }] } },
  ],
  [
    'a failure of a job that no entry lists',
    { status: 200, body: { decision: 'ignored', reason: 'No policy entry lists this job.' } },
    (sent) => sent({ path, body: event }),
    { policy: { jobs: [{ name: 'Another', match: { jobId: ['1'] } }] } },
  ],
  [
    'the test event of an activation',
    { status: 200, body: { decision: 'ignored', eventId: testEvent.eventId } },
    (sent) => sent({ path, body: testEvent.text }),
  ],
  [
    'an event of something other than a batch job',
    { status: 200, body: { decision: 'ignored' } },
    (sent) => sent({ path, body: '{"BusinessEventId":"VendPaymentPosted","EventId":"x"}' }),
  ],
  // 202: something is still to come
  [
    'a failure while F&O throttles',
    { status: 202, body: { decision: 'deferred', dueAt: '2026-03-02T01:02:00.000Z' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      sandbox.faults.add({ kind: 'throttled', retryAfter: 120 }, { on: 'action' });
      return sent({ path, body: event });
    },
  ],
  [
    'a second delivery of what was deferred',
    { status: 202, body: { decision: 'duplicate', dueAt: '2026-03-02T01:02:00.000Z' } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      sandbox.faults.add({ kind: 'throttled', retryAfter: 120 }, { on: 'action' });
      await sent({ path, body: event });
      return sent({ path, body: event });
    },
  ],
  // 400
  [
    'an empty body',
    { status: 400, body: { detail: 'The body is empty.' } },
    (sent) => sent({ path, body: '' }),
  ],
  ['text that is no JSON', { status: 400 }, (sent) => sent({ path, body: '<html></html>' })],
  ['a body that is cut', { status: 400 }, (sent) => sent({ path, body: event.slice(0, -10) })],
  [
    'a body that is not UTF-8',
    { status: 400, body: { detail: 'The body is not UTF-8.' } },
    (sent) => sent({ path, body: Uint8Array.of(0x22, 0xff, 0x22) }),
  ],
  ['a key that is given twice', { status: 400 }, (sent) => sent({ path, body: '{"JobId":1,"JobId":2}' })],
  [
    'a hundred thousand brackets',
    { status: 400, body: { detail: 'It is nested too deeply.' } },
    (sent) => sent({ path, body: '['.repeat(100_000) }),
  ],
  // 413
  ['a body over 1 MiB', { status: 413 }, (sent) => sent({ path, body: ' '.repeat(1024 * 1024 + 1) })],
  [
    'more events than are taken at once',
    { status: 413 },
    (sent) => sent({ path, body: `[${'{},'.repeat(5000)}{}]` }),
  ],
  // 415
  [
    'a form',
    { status: 415 },
    (sent) => sent({ path, body: event, contentType: 'application/x-www-form-urlencoded' }),
  ],
  ['plain text', { status: 415 }, (sent) => sent({ path, body: event, contentType: 'text/plain' })],
  [
    'no Content-Type',
    { status: 415, body: { detail: 'The request has no Content-Type; expected application/json.' } },
    (sent) => sent({ path, body: Buffer.from(event), contentType: null }),
  ],
  [
    'a compressed body',
    { status: 415, body: { detail: 'The body has Content-Encoding "gzip"; expected plain JSON.' } },
    (sent) => sent({ path, body: gzipSync(event), contentEncoding: 'gzip' }),
  ],
  [
    'a body that says it is not compressed',
    { status: 200 },
    (sent) => sent({ path, body: testEvent.text, contentEncoding: 'identity' }),
  ],
  [
    'a media type that ends in +json',
    { status: 200 },
    (sent) =>
      sent({ path, body: testEvent.text, contentType: 'application/cloudevents+json; charset=UTF-8' }),
  ],
  // 422
  ['JSON that is no object', { status: 422 }, (sent) => sent({ path, body: '7' })],
  [
    'an object that is no business event',
    { status: 422, body: { errors: [{ pointer: '/BusinessEventId' }] } },
    (sent) => sent({ path, body: '{}' }),
  ],
  [
    'an event that breaks its schema',
    { status: 422, body: { errors: [{ pointer: '/JobId' }, { pointer: '/EventId' }] } },
    (sent) => sent({ path, body: anEvent({ JobId: '"05637144576"', EventId: '""' }) }),
  ],
  [
    'another kind of event in the address than there are',
    { status: 422, body: { type: 'urn:batch-retry:problem:invalid-parameter' } },
    (sent) => sent({ path: `${path}?event=fehler`, body: event }),
  ],
  [
    'a job id beyond 64 bits',
    { status: 422, body: { errors: [{ pointer: '/JobId' }] } },
    (sent) => sent({ path, body: anEvent({ JobId: '9223372036854775808' }) }),
  ],
  [
    'an environment that is not configured',
    { status: 422, body: { type: 'urn:batch-retry:problem:unknown-environment' } },
    (sent) => sent({ path: `${path}?environment=nowhere`, body: event }),
  ],
  [
    'an environment in the path',
    { status: 200, body: { decision: 'ignored', environment: 'default' } },
    (sent) => sent({ path: `${path}/Default`, body: testEvent.text }),
  ],
  [
    'an environment in the path that is not configured',
    { status: 422, body: { type: 'urn:batch-retry:problem:unknown-environment' } },
    (sent) => sent({ path: `${path}/nowhere`, body: event }),
  ],
  [
    'an environment in other letters',
    { status: 200, body: { decision: 'ignored', environment: 'default' } },
    (sent) => sent({ path: `${path}?environment=DEFAULT`, body: testEvent.text }),
  ],
  // 500 and 503
  [
    'a bug',
    { status: 500, body: { detail: 'The cause is in the log of the service.' } },
    (sent) => sent({ path, body: event }),
    { wrapLedger: () => brokenLedger },
  ],
  [
    'a store that cannot be reached',
    { status: 503 },
    (sent) => sent({ path, body: event }),
    { wrapLedger: () => lostLedger },
  ],
  [
    'readiness without a store',
    { status: 503 },
    (sent) => sent({ path: 'ready' }),
    { wrapLedger: () => lostLedger },
  ],
  [
    'health without a store',
    { status: 200, body: { status: 'alive' } },
    (sent) => sent({ path: 'health' }),
    { wrapLedger: () => lostLedger },
  ],
  // Arrays
  ['an empty array', { status: 200, body: [] }, (sent) => sent({ path, body: '[]' })],
  [
    'an array of good events',
    { status: 200, body: [{ decision: 'requeued' }, { decision: 'ignored' }] },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      return sent({ path, body: `[${event},${testEvent.text}]` });
    },
  ],
  [
    'an array of bad events',
    { status: 422, body: { errors: [{ pointer: '/0' }, { pointer: '/1/BusinessEventId' }] } },
    (sent) => sent({ path, body: '[1,{}]' }),
  ],
  [
    'an array of good and bad events',
    { status: 200, body: [{ status: 422 }, { decision: 'requeued' }, { status: 422 }] },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      return sent({ path, body: `[{},${event},"x"]` });
    },
  ],
  [
    'an array in which one failure is deferred',
    { status: 202, body: [{ decision: 'ignored' }, { decision: 'deferred' }] },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      sandbox.faults.add({ kind: 'throttled', retryAfter: null }, { on: 'action' });
      return sent({ path, body: `[${testEvent.text},${event}]` });
    },
  ],
  [
    'an array while the store cannot be reached',
    { status: 503 },
    (sent) => sent({ path, body: `[${testEvent.text},${event}]` }),
    { wrapLedger: () => lostLedger },
  ],
];
