import type { Failure } from '../../src/domain/failure.ts';
import { addMs } from '../../src/domain/instants.ts';
import { type BatchJob, nextDueAt } from '../../src/domain/job/batch-job.ts';
import type { Decision } from '../../src/domain/job/decision.ts';
import type { Context, JobEvent, Transition } from '../../src/domain/job/job-event.ts';
import { operatorActions } from '../../src/domain/job/outcomes.ts';
import { transition } from '../../src/domain/job/transition.ts';
import type { NotTaken, Observation, ReadOutcome, SetToWaitingOutcome } from '../../src/domain/outcome.ts';
import type { RetryPolicy } from '../../src/domain/retry-policy/retry-policy.ts';
import { action } from '../../test/domain/job/action.ts';
import { aFailure, answer, hour, minute, now, observed, policy } from '../../test/domain/job/builders.ts';

/** What the state machine can do: the phase before and after, and what was decided, as outcome or action. */
export type Step = { from: string; to: string; decided: readonly string[]; announced: readonly string[] };

type State = { job: BatchJob | null; at: Date; failures: number };

/** How many events in a row are played. */
const depth = 5;

/**
 * Plays the state machine: from no record at all, every event of the corpus against every state that is reached,
 * and gives each change once. States that differ only in times and ids count as one.
 */
export function explorePhases(): Step[] {
  const steps = new Map<string, Step>();
  const seen = new Set<string>();
  let states: State[] = [{ job: null, at: now, failures: 0 }];
  for (let played = 0; played < depth; played += 1) {
    const reached: State[] = [];
    for (const state of states) {
      for (const { job, decisions, at } of nextOf(state)) {
        const step = stepOf(state.job, job, decisions);
        steps.set(JSON.stringify(step), step);
        const signature = signatureOf(job);
        if (seen.has(signature)) continue;
        seen.add(signature);
        reached.push({ job, at, failures: state.failures + 1 });
      }
    }
    states = reached;
  }
  return [...steps.values()];
}

function stepOf(before: BatchJob | null, after: BatchJob, decisions: readonly Decision[]): Step {
  return {
    from: before?.phase.kind ?? 'idle',
    to: after.phase.kind,
    decided: decisions.map(wordOf),
    announced: decisions.filter(isAnnounced).map(wordOf),
  };
}

function isAnnounced({ notify }: Decision): boolean {
  return notify === 'exhausted' || notify === 'needs-attention';
}

function wordOf(decision: Decision): string {
  if (decision.about === 'cause') return 'cause';
  if (decision.about === 'finding') return decision.finding;
  return decision.about === 'operator' ? decision.action : decision.outcome;
}

type Changed = Extract<Transition, { kind: 'changed' }> & { at: Date };

function nextOf(state: State): Changed[] {
  return eventsFor(state).flatMap(({ event, at }) =>
    policies.flatMap((entry) => {
      const context: Context = {
        environment: 'default',
        isKnown: false,
        policyFor: () => entry,
        now: at,
        random: 0.5,
        failuresToldUntil: null,
        token: `claim ${state.failures}`,
        read: null,
      };
      const first = transition(state.job, event, context);
      const answers =
        first.kind === 'read'
          ? reads(state.job, at).map((read) => transition(state.job, event, { ...context, read }))
          : [first];
      return answers.flatMap((step) =>
        step.kind === 'changed' ? [{ ...step, ...withWake(step.job), at }] : [],
      );
    }),
  );
}

/** As the engine does: the job's wake-up is in the queue. */
function withWake(job: BatchJob): { job: BatchJob } {
  const dueAt = nextDueAt(job);
  return { job: { ...job, wake: dueAt && { id: 'wake', at: dueAt, isDeadLettered: false } } };
}

const policies: (RetryPolicy | null)[] = [
  policy,
  { ...policy, maxRetries: 1 },
  { ...policy, delaysMs: [5 * minute] },
  null,
];

function eventsFor({ job, at, failures }: State): { event: JobEvent; at: Date }[] {
  const failure = failureAt(failures, at);
  const soon = addMs(at, minute);
  const events: { event: JobEvent; at: Date }[] = [
    { event: { kind: 'failure', failure }, at: soon },
    ...operatorActions.map((name): { event: JobEvent; at: Date } => ({
      event: { kind: 'operator', action: name, by: 'a person', reason: 'because', failure },
      at: soon,
    })),
    ...(['started', 'finished', 'canceled'] as const).map((progress): { event: JobEvent; at: Date } => ({
      event: { kind: 'run-reported', progress, event: failure, occurredAt: soon },
      at: soon,
    })),
  ];
  if (job?.wake) {
    const { id, at: dueAt } = job.wake;
    for (const later of [dueAt, addMs(dueAt, 25 * hour)]) {
      events.push({ event: { kind: 'woken', wakeId: id, dueAt }, at: later });
    }
  }
  if (job?.phase.kind === 'requesting') {
    const { claim } = job.phase;
    events.push({ event: { kind: 'permit-denied', claim, until: soon, cause: 'breaker' }, at: soon });
    for (const outcome of requestOutcomes)
      events.push({ event: { kind: 'answered', claim, outcome }, at: soon });
  }
  return events;
}

/** A failure whose run ended then, with an id of its own. */
function failureAt(number: number, endedAt: Date): Failure {
  return aFailure(number, { endedAt });
}

const notTaken: NotTaken[] = [
  { kind: 'throttled', retryAfterMs: null, answer },
  { kind: 'unauthorized', answer },
];

const requestOutcomes: SetToWaitingOutcome[] = [
  { kind: 'taken', answer, action },
  { kind: 'refused', answer, action },
  { kind: 'unknown', serverError: false, gatewayFault: false, answer },
  { kind: 'unknown', serverError: true, gatewayFault: false, answer },
  ...notTaken,
];

/** What F&O may show of the job: an earlier run, the failed one, or a newer one, of a job that recurs or not. */
function reads(job: BatchJob | null, at: Date): ReadOutcome[] {
  const failedAt = job?.seen.failedRunEndedAt ?? now;
  const ends = [failedAt, addMs(at, -1000)];
  const starts = [addMs(at, minute), addMs(at, 6 * hour)];
  const statuses = ['Error', 'Waiting', 'Executing', 'Finished', 'Canceled', 'Unheard of'];
  const observations = statuses.flatMap((status) =>
    ends.flatMap((endedAt) =>
      starts.flatMap((scheduledAt) =>
        [true, false].map((isRecurring): Observation => ({
          ...observed(status, endedAt),
          startedAt: addMs(endedAt, -1000),
          scheduledAt,
          isRecurring,
          readAt: at,
        })),
      ),
    ),
  );
  return [
    ...observations.map((observation): ReadOutcome => ({ kind: 'found', observation, answer })),
    { kind: 'not-found', answer },
    ...notTaken,
  ];
}

/** What tells one state from another, for the picture's sake. */
function signatureOf({ phase, pending, paused, episode, seen }: BatchJob): string {
  const claim = phase.kind === 'requesting' && [
    phase.claim.origin,
    phase.claim.isFateUnknown,
    phase.before.kind,
  ];
  const run = phase.kind === 'following' && [phase.origin, phase.since.quiet !== null];
  const waiting = pending && [pending.waits, Math.min(pending.http500s, 2)];
  return JSON.stringify([
    phase.kind,
    claim,
    run,
    waiting,
    paused !== null,
    Math.min(episode.retriesUsed, 2),
    seen.finishedRunEndedAt !== null,
    seen.notFoundSinceAt !== null,
  ]);
}
