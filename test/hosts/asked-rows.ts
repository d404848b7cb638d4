import { nightlyPosting } from '../helpers/a-service.ts';
import { eventId } from './an-event.ts';
import { callbackUrl, event, fiveFailures, fiveJobs, path, type Row } from './asking.ts';

const { jobId } = nightlyPosting;

/** Of what is asked of the service, and not delivered. */
export const askedRows: Row[] = [
  // Reading
  [
    'the list of jobs before any came',
    { status: 200, body: { value: [] } },
    (sent) => sent({ path: 'batch-jobs' }),
  ],
  [
    'one job',
    { status: 200, body: { jobId: '-9223372036854775808', retriesUsed: 1 } },
    async (sent, service) => {
      await fiveFailures(sent, service);
      return sent({ path: 'batch-jobs/-9223372036854775808' });
    },
    fiveJobs,
  ],
  [
    'one job by an id in percent-encoding',
    { status: 200, body: { jobId } },
    async (sent, service) => {
      await fiveFailures(sent, service);
      return sent({ path: `batch-jobs/%35637144576?environment=Default` });
    },
    fiveJobs,
  ],
  [
    'the history of a job',
    { status: 200, body: { value: [{ decision: 'requeued', eventId: eventId(1) }] } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      return sent({ path: `batch-jobs/${jobId}/history` });
    },
  ],
  [
    'the history of a job that is not known',
    { status: 200, body: { value: [] } },
    (sent) => sent({ path: 'batch-jobs/77/history' }),
  ],
  [
    'a job that is not known',
    { status: 404, body: { type: 'urn:batch-retry:problem:not-found' } },
    (sent) => sent({ path: 'batch-jobs/77' }),
  ],
  [
    'the runs of a job that is not known',
    { status: 200, body: { value: [] } },
    (sent) => sent({ path: 'batch-jobs/77/runs' }),
  ],
  [
    'the runs of a night in which nothing ran',
    { status: 200, body: { value: [] } },
    (sent) => sent({ path: 'runs?from=2026-03-01&to=2026-03-02T06:00:00Z' }),
  ],
  [
    'runs to no instant',
    { status: 422, body: { type: 'urn:batch-retry:problem:invalid-parameter' } },
    (sent) => sent({ path: 'runs?to=tomorrow' }),
  ],
  [
    'the causes of a night without failures',
    { status: 200, body: { since: '2026-03-02T00:00:00.000Z', complete: true, value: [] } },
    (sent) => sent({ path: 'causes?since=2026-03-02' }),
  ],
  [
    'causes since no instant',
    { status: 422, body: { type: 'urn:batch-retry:problem:invalid-parameter' } },
    (sent) => sent({ path: 'causes?since=yesterday' }),
  ],
  ['a job id that is none', { status: 422 }, (sent) => sent({ path: 'batch-jobs/Nightly%20posting' })],
  [
    'a job id beyond 64 bits in the path',
    { status: 422 },
    (sent) => sent({ path: 'batch-jobs/9223372036854775808/history' }),
  ],
  ['a limit of 0', { status: 422 }, (sent) => sent({ path: 'batch-jobs?limit=0' })],
  ['a limit of 201', { status: 422 }, (sent) => sent({ path: 'batch-jobs?limit=201' })],
  [
    'a limit that is no number',
    { status: 422 },
    (sent) => sent({ path: `batch-jobs/${jobId}/history?limit=ten` }),
  ],
  [
    'an environment that the address names twice',
    { status: 422, body: { detail: 'environment occurs 2 times in the address; name it once.' } },
    (sent) => sent({ path: `batch-jobs/${jobId}?environment=default&Environment=default` }),
  ],
  ['a page that no link gave', { status: 422 }, (sent) => sent({ path: 'batch-jobs?after=5' })],
  [
    'a page of history that no link gave',
    { status: 422 },
    (sent) => sent({ path: `batch-jobs/${jobId}/history?before=%20` }),
  ],
  [
    'jobs of an environment that is not configured',
    { status: 422 },
    (sent) => sent({ path: 'batch-jobs?environment=nowhere' }),
  ],
  // For the connector
  [
    'the environments',
    { status: 200, body: { value: [{ name: 'default' }] } },
    (sent) => sent({ path: 'environments' }),
  ],
  [
    "F&O's jobs, those in Error first",
    { status: 200, body: { value: [{ jobId: '9', status: 'Error' }, {}, {}, {}, {}] } },
    async (sent, { sandbox }) => {
      await sandbox.run('9');
      return sent({ path: 'environments/default/batch-jobs' });
    },
    fiveJobs,
  ],
  [
    "F&O's jobs by a search with signs and letters of all kinds",
    { status: 200, body: { value: [{ jobId, title: `Größe & 50% (${jobId}, Waiting)` }] } },
    (sent) => sent({ path: `environments/DEFAULT/batch-jobs?search=${encodeURIComponent('größe & 5')}` }),
    { jobs: [{ ...nightlyPosting, description: 'Größe & 50%' }] },
  ],
  [
    "F&O's jobs while it is not available",
    { status: 503, body: { type: 'urn:batch-retry:problem:fno-unavailable' } },
    (sent, { sandbox }) => {
      sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'list' });
      return sent({ path: 'environments/default/batch-jobs' });
    },
  ],
  [
    'a subscription',
    { status: 201, body: { events: ['exhausted'], environment: null, jobId: null } },
    (sent) => sent({ path: 'subscriptions/exhausted', body: JSON.stringify({ callbackUrl }) }),
  ],
  [
    'a subscription to an address that may not be called',
    { status: 422, body: { type: 'urn:batch-retry:problem:invalid-callback' } },
    (sent) => sent({ path: 'subscriptions', body: '{"callbackUrl":"https://10.0.0.1/"}' }),
  ],
  [
    'a policy on what is recorded',
    { status: 200, body: { failures: 1, jobs: [{ jobId, requeued: 1, wouldRequeue: 0, wouldIgnore: 1 }] } },
    async (sent, { sandbox }) => {
      await sandbox.run(jobId);
      await sent({ path, body: event });
      return sent({ path: 'policy/preview', body: '{"policy":{"jobs":[]}}' });
    },
  ],
  [
    'a policy that is not valid',
    { status: 422, body: { errors: [{ pointer: '/policy/jobs' }] } },
    (sent) => sent({ path: 'policy/preview', body: '{"policy":{}}' }),
  ],
  ['readiness', { status: 200, body: { status: 'ready' } }, (sent) => sent({ path: 'ready' })],
];
