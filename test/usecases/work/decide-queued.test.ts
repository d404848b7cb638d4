import { expect, test } from 'vitest';
import { type Ledger, StoreUnavailable } from '../../../src/ports/ledger.ts';
import { OtherVersion } from '../../../src/ports/other-version.ts';
import { aService, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { atOnce, failureOf, gridBatch, jobsOf } from '../intake/many-failures.ts';

/** Queued failures are half a second apart, as 120 requeues a minute are. */
const settings = { REQUEUES_PER_MINUTE: '120' };
const queued = 40;
const jobs = jobsOf(atOnce + queued);
const queuedIds = jobs.slice(atOnce).map(({ jobId }) => jobId);

/** The first failures are decided, and the others wait in one item, the first of them for 16.5 s. */
async function withQueuedFailures(
  ofJobs: readonly { jobId: string }[],
  wrapLedger = (ledger: Ledger) => ledger,
) {
  const clock = new ManualClock();
  const service = await aService({ clock, jobs, wrapLedger, settings });
  for (const jobId of new Set(ofJobs.map((job) => job.jobId))) await service.sandbox.run(jobId);
  expect(await service.deliver(gridBatch(ofJobs.map(failureOf)))).toMatchObject({ status: 202 });
  return { clock, service };
}

const requeued = ({ sandbox }: TestService) =>
  queuedIds.filter((jobId) => sandbox.requeues(jobId) > 0).length;

test('an item that comes in time decides one failure, and one that comes late as many as are due, at most as of one delivery', async () => {
  const { clock, service } = await withQueuedFailures(jobs);
  await using _ = service;
  const requeuedAfter = async (ms: number) => {
    await clock.advance(ms);
    await service.service.pollWorkQueue();
    return requeued(service);
  };
  expect(await requeuedAfter(16_500)).toBe(1);
  expect(await requeuedAfter(500)).toBe(2);
  expect(await requeuedAfter(1500)).toBe(5);
  expect(await requeuedAfter(20_000)).toBe(5 + atOnce);
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

/** Reads of one job's record fail until `heal`. */
function spoilReads(jobId: string, fault: () => Error) {
  let isSpoilt = true;
  const wrapLedger = (ledger: Ledger) => {
    const read = ledger.read.bind(ledger);
    ledger.read = async (key, eventId) => {
      if (key.jobId === jobId && isSpoilt) throw fault();
      return read(key, eventId);
    };
    return ledger;
  };
  return { wrapLedger, heal: () => (isSpoilt = false) };
}

test('a failure for which the store is lost waits, and the others are decided', async () => {
  const { wrapLedger, heal } = spoilReads(queuedIds[1] ?? '', () => new StoreUnavailable('disk I/O error'));
  const { clock, service } = await withQueuedFailures(jobs, wrapLedger);
  await using _ = service;
  await clock.advance(60_000);
  await service.service.pollWorkQueue();
  expect(requeued(service)).toBe(atOnce - 1);
  heal();
  await service.service.pollWorkQueue();
  expect(requeued(service)).toBe(queued);
});

test.each([
  ['cannot be decided', () => new TypeError('a bug')],
  ['meets a record of another version', () => new OtherVersion('The record of batch job 1 has version 3.')],
])('of failures that wait together, the one that %s is set apart', async (_what, fault) => {
  const { wrapLedger, heal } = spoilReads(queuedIds[1] ?? '', fault);
  const { clock, service } = await withQueuedFailures(jobs, wrapLedger);
  await using _ = service;
  await clock.advance(60_000);
  while ((await service.service.pollWorkQueue()) > 0);
  expect(requeued(service)).toBe(queued - 1);

  heal();
  await clock.advance(60_000);
  while ((await service.service.pollWorkQueue()) > 0);
  expect(requeued(service)).toBe(queued);
});
