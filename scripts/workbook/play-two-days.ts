import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import { recordInto } from '../../test/adapters/telemetry/record-service.ts';
import { aService, type TestService } from '../../test/helpers/a-service.ts';
import { ManualClock } from '../../test/helpers/manual-clock.ts';
import type { TakenRecord } from '../kql/tables-of.ts';

const minute = 60_000;
const hours = 48;
const start = new Date('2026-03-02T06:00:00Z');

const nightly = [
  'Nightly posting',
  'Vendor invoice import',
  'Inventory close',
  'Exchange rates',
  'Master planning',
];
const hourly = ['INT customers', 'INT orders', 'INT prices', 'INT products', 'Warehouse on-hand report'];
const idOf = (index: number) => String(5_637_144_576 + index * 4);

const jobs: NewBatchJob[] = [...nightly, ...hourly].map((description, index) => ({
  jobId: idOf(index),
  description,
  script: { kind: 'seeded', seed: 7 + index, failureRate: index < nightly.length ? 0.5 : 0.12 },
}));

const policy = {
  defaults: { maxRetries: 5, delays: ['PT0S', 'PT5M', 'PT15M'], resetAfter: 'PT12H' },
  jobs: [
    { name: 'Vendor invoices', match: { description: 'Vendor *' }, maxRetries: 3 },
    { name: 'Warehouse, only watched', match: { description: 'Warehouse *' }, mode: 'shadow' },
    { name: 'Integrations', match: { description: 'INT *' } },
    { name: 'Every job', match: { jobId: '*' } },
  ],
};

/** A clock that is moved, and on which time passes besides, so that what takes time is seen to. */
class MovedClock extends ManualClock {
  readonly #since = performance.now();

  override now(): Date {
    return new Date(super.now().getTime() + (performance.now() - this.#since));
  }
}

/**
 * Two days of ten jobs on the simulated F&O, within a minute: nightly jobs that fail often, hourly ones that fail
 * now and then, an hour in which F&O takes no request, some throttling, one refusal, and one job that fails for good.
 */
export async function playTwoDays(): Promise<{ taken: TakenRecord[]; end: Date }> {
  const taken: TakenRecord[] = [];
  const clock = new MovedClock(start);
  await using service = await aService({ clock, jobs, policy, watch: recordInto(taken) });
  const { sandbox } = service;
  for (let passed = 0; passed < hours * 60; passed++) {
    await clock.advance(minute);
    if (passed === 20 * 60) {
      sandbox.faults.add({ kind: 'throttled', retryAfter: 90 }, { on: 'action', times: 4 });
    }
    if (passed === 26 * 60) restartByHand(service);
    if (passed === 27 * 60) {
      for (const [index] of hourly.entries()) {
        sandbox.setScript(idOf(nightly.length + index), { kind: 'fail-times', times: 2 });
      }
      sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'action', times: 12 });
    }
    if (passed === 33 * 60) {
      const message = 'The job is on Hold.';
      sandbox.faults.add({ kind: 'refused', message }, { on: 'action', jobId: idOf(4) });
      sandbox.setScript(idOf(4), { kind: 'always-fail' });
    }
    if (passed === 40 * 60) sandbox.setScript(idOf(1), { kind: 'always-fail' });
    await runJobs(service, passed);
    while ((await service.service.pollWorkQueue()) > 0);
    if (passed % 60 === 7) await service.service.sweep();
  }
  return { taken, end: clock.now() };
}

/** Nightly jobs begin between 22:00 and 2:00, hourly ones each hour; what was set to waiting runs 3 minutes later. */
async function runJobs(service: TestService, passed: number): Promise<void> {
  for (const [index, { jobId, description = '' }] of jobs.entries()) {
    const isNightly = nightly.includes(description);
    const isTime = isNightly ? passed % (24 * 60) === (16 + index) * 60 : passed % 60 === index * 5;
    if (isTime && service.sandbox.job(jobId).status === 'Finished')
      service.sandbox.startNow(jobId, 'schedule');
    const { status, endedAt } = service.sandbox.job(jobId);
    const now = service.clock.now().getTime();
    const isRetried =
      status === 'Waiting' && requeued.has(jobId) && now - (endedAt?.getTime() ?? 0) > 3 * minute;
    if (status !== 'Waiting' || !(isTime || isRetried)) continue;
    const outcome = await service.sandbox.run(jobId);
    if (outcome === 'failed') {
      requeued.add(jobId);
      await service.deliver(service.sandbox.failedEvent(jobId));
    } else {
      requeued.delete(jobId);
    }
  }
}

/** What a person does in the morning with jobs that are still in Error. */
function restartByHand({ sandbox }: TestService): void {
  for (const { jobId } of jobs)
    if (sandbox.job(jobId).status === 'Error') sandbox.setStatus(jobId, 'Waiting');
}

/** Jobs whose last run failed: they wait because they were requeued. */
const requeued = new Set<string>();
