import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, type Surroundings, requestTo } from '../contenders.ts';
import { type Failures, listedDescription, type SentEvent } from '../events.ts';
import { load } from '../load.ts';
import { inTurn } from './measure-requests.ts';

export type StormRound = {
  deliveriesPerSecond: number;
  slowestMs: number;
  /** From the first delivery until every failure was decided and every job requeued. */
  decidedSeconds: number;
  /** Answers by their status; `none` for deliveries without an answer. */
  statuses: Readonly<Record<string, number>>;
  /** Jobs that F&O was not asked to requeue, and requeues beyond one a job: counted at the stub. */
  lost: number;
  doubled: number;
};

export type Storm = { failures: number; deliveries: number; jobs: number };

/** Fewer than may wait to be accepted (511): the others would try again seconds later. */
const connections = 400;
const decidedWithinMs = 60_000;
const minuteMs = 60_000;

/**
 * Many jobs have failed and F&O delivers each event several times, all in one go. A job may have failed several times:
 * then only its latest failure still stands when it is read, so each job is requeued once.
 */
export async function measureStorm(
  storm: Storm,
  contender: Contender,
  around: Surroundings,
  failures: Failures,
): Promise<StormRound> {
  await using server = await contender.start(around);
  const { jobs, events } = eventsOf(storm, failures);
  const deliveries = shuffled(Array.from({ length: storm.deliveries }, () => events).flat());
  const post = (all: readonly SentEvent[]) => {
    const next = inTurn(all);
    const [url, until] = [server.url, { requests: all.length }];
    return load({ url, connections, until, next: () => requestTo(contender, next()), expected: null });
  };
  const startedAtMs = Date.now();
  const loaded = await post(deliveries);
  const endedAtMs = Date.now();
  await untilRequeued(around, jobs);
  // What is delivered once more after it was decided is answered with 200 and sends nothing.
  let decidedAtMs = endedAtMs;
  const giveUpAt = performance.now() + decidedWithinMs;
  while ((await post(events)).statuses['200'] !== events.length && performance.now() < giveUpAt) {
    await sleep(2000);
    decidedAtMs = Date.now();
  }
  const requeues = await around.fno.requeuesByJob();
  const { lastRequeueAtMs } = await around.fno.counts();
  const ofEach = jobs.map((jobId) => requeues.get(String(jobId)) ?? 0);
  return {
    deliveriesPerSecond: loaded.requests / loaded.seconds,
    slowestMs: loaded.slowestMs,
    decidedSeconds: (Math.max(decidedAtMs, lastRequeueAtMs) - startedAtMs) / 1000,
    statuses: { ...loaded.statuses, ...(loaded.unanswered > 0 && { none: loaded.unanswered }) },
    lost: ofEach.filter((count) => count === 0).length,
    doubled: ofEach.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
  };
}

/** Resolves once F&O has been asked to requeue every job, or after too long. */
async function untilRequeued({ fno }: Surroundings, jobs: readonly number[]): Promise<void> {
  const giveUpAt = performance.now() + decidedWithinMs;
  while (performance.now() < giveUpAt) {
    const requeues = await fno.requeuesByJob();
    if (jobs.every((jobId) => requeues.has(String(jobId)))) return;
    await sleep(500);
  }
}

function eventsOf({ failures: count, jobs: jobCount }: Storm, failures: Failures) {
  const jobs = Array.from({ length: jobCount }, () => failures.nextJob());
  const runs = count / jobCount;
  const events = Array.from({ length: runs }, (_, run) => {
    const endedAt = new Date(failures.endedAt.getTime() - (runs - 1 - run) * minuteMs);
    return jobs.map((jobId) => failures.ofJob(jobId, listedDescription, endedAt));
  });
  return { jobs, events: events.flat() };
}

/** In an order that looks random and is the same each time. */
function shuffled<One>(all: readonly One[]): One[] {
  let seed = 1;
  const keyed = all.map((one) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return { one, key: seed };
  });
  return keyed.toSorted((a, b) => a.key - b.key).map(({ one }) => one);
}
