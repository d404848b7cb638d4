import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, requestTo, type Surroundings } from '../contenders.ts';
import type { Failures, SentEvent } from '../events.ts';
import { load } from '../load.ts';
import type { Fno } from '../processes/start-fno.ts';

/** One contender in one round. */
export type RequestRound = {
  requestsPerSecond: number;
  p99Ms: number;
  /** Of the server's process: user and system, all its threads. */
  cpuMicros: number;
  /** The share of the answers that were others than the path is about, such as 503. */
  otherAnswers: number;
};

export type RequestPath = {
  name: string;
  contenders: readonly Contender[];
  /** The events that the server has decided before it is measured. */
  before?: (failures: Failures) => readonly SentEvent[];
  /** Makes the source of the events that are measured. `before` is what was sent before. */
  events: (failures: Failures, before: readonly SentEvent[]) => () => SentEvent;
  /** A text that the answer holds. */
  expected: (contender: Contender) => string;
  /** Each request is one requeue that F&O must have accepted: counted at the stub. */
  requeues: (contender: Contender) => boolean;
  /**
   * How many requests are measured, after half as many, where they take so long that a time would cut too many off.
   */
  amount?: number;
};

export const connections = 50;
/** As many for everyone: Node.js compiles what runs often. A bare server has settled after 30,000, the service nearly. */
export const warmUpRequests = 30_000;
/** A benchmark of errors would tell nothing. */
const maxOtherAnswers = 0.1;
/** How long what was answered may wait for its requeue, in ms, before it counts as lost. */
const requeuedWithinMs = 60_000;

/** Starts the contender anew, warms it up, and measures it. */
export async function measureRequests(
  path: RequestPath,
  contender: Contender,
  around: Surroundings,
  failures: Failures,
  seconds: number,
): Promise<RequestRound> {
  await using server = await contender.start(around);
  const before = path.before?.(failures) ?? [];
  const expected = path.expected(contender);
  const { amount } = path;
  const send = (until: { seconds: number } | { requests: number }, event: () => SentEvent, text = expected) =>
    load({ url: server.url, connections, until, next: () => requestTo(contender, event()), expected: text });
  try {
    if (before.length > 0) await send({ requests: before.length }, inTurn(before), '"decision"');
    const events = path.events(failures, before);
    const { requeues } = await around.fno.counts();
    const warmed = await send({ requests: amount === undefined ? warmUpRequests : amount / 2 }, events);
    if (path.requeues(contender))
      await untilRequeued(around.fno, requeues + warmed.requests - warmed.unexpected);
    const [usedBefore, fnoBefore] = await Promise.all([server.usage(), around.fno.counts()]);
    const startedAtMs = Date.now();
    const loaded = await send(amount === undefined ? { seconds } : { requests: amount }, events);
    if (loaded.unanswered > 0) throw new Error(`${loaded.unanswered} requests had no answer.`);
    const otherAnswers = loaded.unexpected / loaded.requests;
    if (otherAnswers > maxOtherAnswers) throw new Error(`Other answers, such as ${loaded.firstUnexpected}`);
    const lastAtMs = path.requeues(contender)
      ? await untilRequeued(around.fno, fnoBefore.requeues + loaded.requests - loaded.unexpected)
      : startedAtMs;
    const used = await server.usage();
    return {
      requestsPerSecond: loaded.requests / Math.max(loaded.seconds, (lastAtMs - startedAtMs) / 1000),
      p99Ms: loaded.p99Ms,
      cpuMicros: (used.cpuMicros - usedBefore.cpuMicros) / loaded.requests,
      otherAnswers,
    };
  } catch (error) {
    throw new Error(`${path.name}, ${contender.name}: ${server.lastWords()}`, { cause: error });
  }
}

/** Resolves once F&O has accepted as many requeues; gives the time of the last, in ms since 1970. */
async function untilRequeued(fno: Fno, requeues: number): Promise<number> {
  const giveUpAt = performance.now() + requeuedWithinMs;
  for (;;) {
    const counts = await fno.counts();
    if (counts.requeues >= requeues) return counts.lastRequeueAtMs;
    if (performance.now() > giveUpAt)
      throw new Error(`F&O accepted ${counts.requeues} of ${requeues} requeues.`);
    await sleep(20);
  }
}

/** One after the other, and again from the first. */
export function inTurn<One>(all: readonly One[]): () => One {
  let taken = 0;
  return () => {
    const one = all[taken++ % all.length];
    if (one === undefined) throw new Error('There is nothing to take.');
    return one;
  };
}
