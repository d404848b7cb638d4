import { type RunWindow, windowOf } from '../cause/run-window.ts';
import type { Failure } from '../failure.ts';
import { type BatchJob, isLeased, openFailures } from './batch-job.ts';
import type { Decision } from './decision.ts';
import type { JobEvent } from './job-event.ts';
import { isOfRun, isSameRun } from './runs.ts';

/**
 * The failures whose causes a step must have looked for: those of listed jobs that it learns of, from their event or
 * without it, each once; and one that may have been left with its claim.
 */
export function newFailures(
  before: BatchJob | null,
  event: JobEvent,
  after: BatchJob,
  decisions: readonly Decision[],
): Failure[] {
  if (event.kind === 'operator') return [];
  const known = new Set(before ? knownFailures(before) : []);
  const decided = decisions.flatMap((made) => {
    const isOne = made.about === 'failure' && made.outcome !== 'duplicate' && made.outcome !== 'ignored';
    return isOne ? made.failure : [];
  });
  const fresh = [...decided, ...openFailures(after)].filter(({ eventId, via }) =>
    event.kind === 'failure' ? eventId === event.failure.eventId : via === undefined && !known.has(eventId),
  );
  const all = [...fresh, ...leftBehind(before, event)];
  return [...new Map(all.map((failure) => [failure.eventId, failure])).values()];
}

/**
 * The failure whose claim a wake-up takes over. The process that claimed the request may have died after it wrote the
 * claim, and before it had the cause looked for. Only for a delivered failure does it do both at the same time.
 */
function leftBehind(before: BatchJob | null, event: JobEvent): Failure[] {
  if (!before || event.kind !== 'woken' || before.phase.kind !== 'requesting' || !isLeased(before)) return [];
  const { origin, attempt } = before.phase.claim;
  return origin === 'policy' && attempt.failure.learned === undefined ? [attempt.failure] : [];
}

function knownFailures(job: BatchJob): string[] {
  const { phase } = job;
  const inPhase = 'failure' in phase ? [phase.failure] : [];
  return [...openFailures(job), ...inPhase].map(({ eventId }) => eventId);
}

/** The time in which the failed run wrote its telemetry, as far as events and reads have told. */
export function failedRunWindow(
  before: BatchJob | null,
  after: BatchJob,
  failure: Failure,
  now: Date,
): RunWindow {
  const baseline = baselineFor(after, failure);
  const endedAt = failure.endedAt ?? baseline?.failedRunEndedAt ?? now;
  const shown = [baseline, after.seen.learnedRun].find((run) => run && isOfRun(endedAt, run));
  const startedAt = shown?.startedAt ?? null;
  const seenEnd = before?.seen.runEndedAt ?? null;
  return windowOf({ startedAt, endedAt }, isSameRun(seenEnd, endedAt) ? null : seenEnd);
}

/** What a read showed when the service decided on this failure; null if it needed none. */
function baselineFor({ phase }: BatchJob, { eventId }: Failure) {
  if (phase.kind === 'requesting')
    return phase.claim.attempt.failure.eventId === eventId ? phase.claim.baseline : null;
  return phase.kind !== 'idle' && phase.failure.eventId === eventId ? phase.baseline : null;
}
