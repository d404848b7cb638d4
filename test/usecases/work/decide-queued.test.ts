import { expect, test } from 'vitest';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { OtherVersion } from '../../../src/ports/other-version.ts';
import { aService, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { atOnce, failureOf, gridBatch, jobsOf } from '../intake/many-failures.ts';

/** Queued failures are a second apart, as 60 requeues a minute are. */
const queued = 20;
const jobs = jobsOf(atOnce + queued);
const queuedIds = jobs.slice(atOnce).map(({ jobId }) => jobId);

/** The first failures are decided, and the others wait in one item, the first of them for 33 s. */
async function withQueuedFailures(
  ofJobs: readonly { jobId: string }[],
  wrapLedger = (ledger: Ledger) => ledger,
) {
  const clock = new ManualClock();
  const service = await aService({ clock, jobs, wrapLedger });
  for (const jobId of new Set(ofJobs.map((job) => job.jobId))) await service.sandbox.run(jobId);
  expect(await service.deliver(gridBatch(ofJobs.map(failureOf)))).toMatchObject({ status: 202 });
  return { clock, service };
}

const requeued = ({ sandbox }: TestService) =>
  queuedIds.filter((jobId) => sandbox.requeues(jobId) > 0).length;

test('an item that comes in time decides one failure, and one that comes late as many as are due, at most eight', async () => {
  const { clock, service } = await withQueuedFailures(jobs);
  await using _ = service;
  const requeuedAfter = async (ms: number) => {
    await clock.advance(ms);
    await service.service.pollWorkQueue();
    return requeued(service);
  };
  expect(await requeuedAfter(33_000)).toBe(1);
  expect(await requeuedAfter(1000)).toBe(2);
  expect(await requeuedAfter(3000)).toBe(5);
  expect(await requeuedAfter(15_000)).toBe(13);
  expect(await requeuedAfter(0)).toBe(queued);
});

test('of two failures of one job the second waits for the first', async () => {
  const [first, second, third] = jobs.slice(atOnce);
  if (!first || !second || !third) throw new Error('No jobs are queued.');
  const { clock, service } = await withQueuedFailures([
    ...jobs.slice(0, atOnce),
    first,
    second,
    second,
    third,
  ]);
  await using _ = service;
  await clock.advance(60_000);
  await service.service.pollWorkQueue();
  expect(requeued(service)).toBe(2);
  await service.service.pollWorkQueue();
  expect(requeued(service)).toBe(3);
  expect(service.sandbox.requeues(second.jobId)).toBe(1);
});

test.each([
  ['cannot be decided', () => new TypeError('a bug')],
  ['meets a record of another version', () => new OtherVersion('The record of batch job 1 has version 3.')],
])('of failures that wait together, the one that %s is set apart', async (_what, fault) => {
  const [, spoilt = ''] = queuedIds;
  let isSpoilt = true;
  const { clock, service } = await withQueuedFailures(jobs, (ledger) => {
    const read = ledger.read.bind(ledger);
    ledger.read = async (key, eventId) => {
      if (key.jobId === spoilt && isSpoilt) throw fault();
      return read(key, eventId);
    };
    return ledger;
  });
  await using _ = service;
  await clock.advance(60_000);
  while ((await service.service.pollWorkQueue()) > 0);
  expect(requeued(service)).toBe(queued - 1);

  isSpoilt = false;
  await clock.advance(60_000);
  while ((await service.service.pollWorkQueue()) > 0);
  expect(requeued(service)).toBe(queued);
});
