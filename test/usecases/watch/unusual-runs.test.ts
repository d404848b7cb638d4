import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aService, failureEvent, nightlyPosting, type ServiceSetup } from '../../helpers/a-service.ts';
import { attentions, history, minute, newest, pass, theJob } from '../playing.ts';
import { watchFor } from './watching.ts';

const { jobId } = nightlyPosting;
const well: NewBatchJob = { ...nightlyPosting, script: { kind: 'succeed' } };
const expectations = { maxDuration: 'PT1H', minDuration: 'PT5M', startWithin: 'PT15M' };

function policyWith(entry: object) {
  return { jobs: [{ name: 'Nightly', match: { jobId: [jobId] }, ...entry }] };
}

async function aWatch(setup: ServiceSetup = {}) {
  const service = await aService({ jobs: [well], policy: policyWith({ expect: expectations }), ...setup });
  await service.service.watch();
  return service;
}

type Watch = Awaited<ReturnType<typeof aWatch>>;

/** The job runs for `ms`, and the watch looks meanwhile. */
async function run(service: Watch, ms: number): Promise<void> {
  if (service.sandbox.job(jobId).status !== 'Waiting') service.sandbox.setStatus(jobId, 'Waiting');
  const running = service.sandbox.run(jobId, ms);
  await watchFor(service, ms);
  await running;
}

test('a run that is under way for too long is announced once, with how long it usually takes', async () => {
  await using service = await aWatch();
  for (const minutes of [10, 20, 30]) {
    await run(service, minutes * minute);
    await watchFor(service, 10 * minute);
  }
  await run(service, 120 * minute);
  await watchFor(service, 10 * minute);

  const found = (await history(service)).filter((entry) => JSON.stringify(entry).includes('long-running'));
  expect(found).toMatchObject([
    {
      kind: 'long-running',
      decision: null,
      policy: 'Nightly',
      reason: expect.stringMatching(
        /^The run that began at .* is under way for 65 min; the policy expects 60 min at most\. It usually takes 20 min \(median of 3 runs\)\.$/,
      ),
    },
  ]);
  expect(attentions(service)).toHaveLength(1);
  expect(service.sandbox.requeues(jobId)).toBe(0);

  await run(service, 120 * minute);
  expect(attentions(service)).toHaveLength(2);
});

test('a job that does not start in time is announced as late, once for its planned start', async () => {
  const recurrence = { everyMs: 24 * 60 * minute, firstAt: new Date('2026-03-02T02:00:00Z') };
  await using service = await aWatch({ jobs: [{ ...well, recurrence }] });
  await watchFor(service, 70 * minute);
  expect(attentions(service)).toHaveLength(0);
  await watchFor(service, 60 * minute);
  expect(attentions(service)).toHaveLength(1);
  expect(await newest(service)).toMatchObject({
    kind: 'late',
    reason: expect.stringContaining(
      'The job was to start at 2026-03-02T02:00:00.000Z and still waits, 20 min',
    ),
  });
});

test('a job that we have just set to waiting is not late, though its planned start is long ago', async () => {
  const job: NewBatchJob = { ...nightlyPosting, script: { kind: 'always-fail' } };
  await using service = await aWatch({ jobs: [job] });
  await pass(service, 14 * minute);
  const event = await failureEvent(service);
  await pass(service, 60 * minute);
  await service.deliver(event);
  await watchFor(service, 10 * minute);
  expect(attentions(service)).toHaveLength(0);
  await watchFor(service, 30 * minute);
  expect(attentions(service)).toHaveLength(1);
});

test('a run that ends well too soon is announced, and a failed one is not', async () => {
  await using service = await aWatch({ jobs: [nightlyPosting] });
  await service.deliver(await failureEvent(service));
  await watchFor(service, 5 * minute);
  expect(attentions(service)).toHaveLength(0);
  service.sandbox.setScript(jobId, { kind: 'succeed' });
  await run(service, minute);
  await watchFor(service, 10 * minute);
  expect(attentions(service)).toHaveLength(1);
  expect(attentions(service)[0]).toContain('ended well after 60 s; the policy expects 5 min at least');
  expect(await theJob(service)).toMatchObject({ state: 'recovered' });
});

test('an entry that observes watches a job and never requeues it, whether its event comes or not', async () => {
  const policy = policyWith({ mode: 'observe', expect: { minDuration: 'PT5M' } });
  await using service = await aWatch({ jobs: [nightlyPosting], policy });
  const event = await failureEvent(service);
  expect((await service.deliver(event)).body).toMatchObject({
    decision: 'ignored',
    reason: 'Policy entry "Nightly" only observes: nothing was sent.',
  });
  await watchFor(service, 10 * minute);
  service.sandbox.setStatus(jobId, 'Waiting');
  await failureEvent(service);
  await watchFor(service, 15 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(0);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body).toMatchObject({ value: [{ learned: 'status' }, { learned: 'event' }] });
});

test('without expectations nothing is asked of running jobs, and nothing is announced', async () => {
  await using service = await aWatch({ policy: policyWith({}) });
  await run(service, 300 * minute);
  expect(attentions(service)).toHaveLength(0);
  const { requests } = service.sandbox;
  expect(requests.some(({ path }) => path.includes('Executing'))).toBe(false);
});
