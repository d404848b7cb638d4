import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BatchJob } from '../../../src/domain/job/batch-job.ts';
import type { Decision } from '../../../src/domain/job/decision.ts';
import type { Context, JobEvent } from '../../../src/domain/job/job-event.ts';
import { preview, type Recorded } from '../../../src/domain/job/preview.ts';
import { transition } from '../../../src/domain/job/transition.ts';
import type { RetryPolicy } from '../../../src/domain/retry-policy/retry-policy.ts';
import { action } from './action.ts';
import { aContext, aFailure, answer, now, observed, policy } from './builders.ts';

const minute = 60_000;
const hour = 60 * minute;
const at = (minutes: number) => new Date(now.getTime() + minutes * minute);

function failed(
  minutes: number,
  decision: Recorded['decision'] = 'requeued',
  eventId = `E${minutes}`,
): Recorded {
  return { at: at(minutes), kind: 'failure', eventId, decision, retry: decision === 'requeued' ? 1 : null };
}

function told(minutes: number, kind: string): Recorded {
  return { at: at(minutes), kind, eventId: `${kind} ${minutes}`, decision: null, retry: null };
}

const fiveFailures = [1, 2, 3, 4, 5].map((minutes) => failed(minutes));

test.each<[what: string, history: Recorded[], policy: RetryPolicy | null, expected: object]>([
  ['nothing', [], policy, { failures: 0, requeued: 0, wouldRequeue: 0, wouldExhaust: 0, wouldIgnore: 0 }],
  ['a smaller budget', fiveFailures, policy, { failures: 5, requeued: 5, wouldRequeue: 3, wouldExhaust: 2 }],
  ['a larger budget', fiveFailures, { ...policy, maxRetries: 9 }, { wouldRequeue: 5, wouldExhaust: 0 }],
  ['no entry that lists the job', fiveFailures, null, { requeued: 5, wouldRequeue: 0, wouldIgnore: 5 }],
  ['an entry that is off', fiveFailures, { ...policy, mode: 'off' }, { wouldRequeue: 0, wouldIgnore: 5 }],
  [
    'an entry that only watches',
    fiveFailures,
    { ...policy, mode: 'shadow' },
    { wouldExhaust: 0, wouldIgnore: 5 },
  ],
  [
    'jobs that were only watched before',
    [failed(1, 'shadow'), failed(2, 'ignored'), failed(3, 'exhausted'), failed(4, 'shadow')],
    policy,
    { failures: 4, requeued: 0, wouldRequeue: 3, wouldExhaust: 1, wouldIgnore: 0 },
  ],
  [
    'a failure with an entry for each time it was deferred',
    [failed(1, 'scheduled', 'A'), failed(2, 'deferred', 'A'), failed(3, 'requeued', 'A')],
    policy,
    { failures: 1, requeued: 1, wouldRequeue: 1 },
  ],
  [
    'what no policy could requeue',
    [failed(1, 'superseded'), failed(2, 'refused'), failed(3, 'paused')],
    policy,
    { failures: 3, requeued: 0, wouldRequeue: 0, wouldExhaust: 0, wouldIgnore: 0 },
  ],
])('under %s', (_what, history, candidate, expected) => {
  expect(preview(history, candidate)).toMatchObject(expected);
});

test.each(['recovered', 'canceled', 'reset'])('%s ends an episode: the budget is whole again', (kind) => {
  const history = [...fiveFailures.slice(0, 4), told(4.5, kind), failed(5), failed(6)];
  expect(preview(history, policy)).toMatchObject({ wouldRequeue: 5, wouldExhaust: 1 });
});

test.each(['pause', 'resume', 'set-to-waiting', 'stuck'])('%s ends no episode', (kind) => {
  const history = [...fiveFailures.slice(0, 3), told(4.5, kind), failed(5)];
  expect(preview(history, policy)).toMatchObject({ wouldRequeue: 3, wouldExhaust: 1 });
});

test.each<[what: string, gapMinutes: number, between: Recorded[], wouldRequeue: number]>([
  ['resetAfter', 60, [], 2],
  ['a minute less', 59, [], 1],
  ['resetAfter since its failure, but not since its requeue', 61, [failed(2, 'requeued', 'BY-HAND-1')], 1],
])('a job that was quiet for %s', (_what, gapMinutes, between, wouldRequeue) => {
  const candidate = { ...policy, maxRetries: 1, resetAfterMs: hour };
  const plain = between.map((entry) => ({ ...entry, retry: null }));
  const history = [failed(0, 'shadow'), ...plain, failed(gapMinutes, 'shadow')];
  expect(preview(history, candidate).wouldRequeue).toBe(wouldRequeue);
});

test('a retry by hand costs budget and is no failure; the plain action by hand costs none', () => {
  const byHand = failed(2, 'requeued', 'BY-HAND-1');
  const history = [failed(1), told(2, 'retry'), byHand, failed(3), failed(4), failed(5)];
  expect(preview(history, policy)).toMatchObject({ failures: 4, wouldRequeue: 2, wouldExhaust: 2 });
  const plain = history.map((entry) => (entry === byHand ? { ...entry, retry: null } : entry));
  expect(preview(plain, policy)).toMatchObject({ failures: 4, wouldRequeue: 3, wouldExhaust: 1 });
});

const anyHistory = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 600 }),
      kind: fc.constantFrom(
        'failure',
        'failure',
        'failure',
        'recovered',
        'canceled',
        'stuck',
        'reset',
        'retry',
        'pause',
      ),
      eventId: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G', 'BY-HAND-1', 'BY-HAND-2'),
      decision: fc.constantFrom<NonNullable<Recorded['decision']>>(
        'requeued',
        'scheduled',
        'deferred',
        'superseded',
        'ignored',
        'exhausted',
        'paused',
        'refused',
        'shadow',
      ),
      retry: fc.constantFrom(null, 1),
    }),
    { maxLength: 40 },
  )
  .map((steps): Recorded[] => {
    let minutes = 0;
    return steps.map(({ gap, kind, eventId, decision, retry }) => {
      minutes += gap;
      return { at: at(minutes), kind, eventId, decision: kind === 'failure' ? decision : null, retry };
    });
  });

const anyPolicy = fc
  .record({
    maxRetries: fc.integer({ min: 0, max: 6 }),
    resetAfterMs: fc.integer({ min: minute, max: 10 * hour }),
    delaysMs: fc.array(fc.integer({ min: 0, max: hour }), { minLength: 1, maxLength: 4 }),
  })
  .map((rules): RetryPolicy => ({ ...policy, ...rules }));

test('whatever the history: no failure is counted twice, none is requeued without budget, and more budget never requeues less', () => {
  fc.assert(
    fc.property(anyHistory, anyPolicy, (history, candidate) => {
      const result = preview(history, candidate);
      const { failures, requeued, wouldRequeue, wouldExhaust, wouldIgnore } = result;
      const events = history.filter(
        ({ kind, eventId }) => kind === 'failure' && !eventId.startsWith('BY-HAND-'),
      );
      expect(failures).toBe(new Set(events.map(({ eventId }) => eventId)).size);
      expect(requeued).toBeLessThanOrEqual(failures);
      expect(wouldRequeue + wouldExhaust).toBeLessThanOrEqual(failures);
      expect(wouldIgnore).toBe(0);

      expect(preview(history, { ...candidate, maxRetries: 0 }).wouldRequeue).toBe(0);
      const more = preview(history, { ...candidate, maxRetries: candidate.maxRetries + 1, delaysMs: [0] });
      const same = preview(history, { ...candidate, delaysMs: [0] });
      expect(more.wouldRequeue + more.wouldExhaust).toBe(same.wouldRequeue + same.wouldExhaust);
      expect(more.wouldRequeue).toBeGreaterThanOrEqual(same.wouldRequeue);
      for (const mode of ['off', 'shadow'] as const) {
        expect(preview(history, { ...candidate, mode })).toMatchObject({
          wouldRequeue: 0,
          wouldIgnore: failures,
        });
      }
    }),
  );
});

test('the policy in force, over a history that it made itself, gives what was decided', () => {
  const steps = fc.array(
    fc.record({
      gapMs: fc.oneof(fc.integer({ min: minute, max: hour }), fc.integer({ min: hour, max: 30 * hour })),
      what: fc.constantFrom<'failure' | 'recovered'>('failure', 'failure', 'failure', 'failure', 'recovered'),
    }),
    { maxLength: 30 },
  );
  let requeues = 0;
  let exhaustions = 0;
  fc.assert(
    fc.property(steps, anyPolicy, (happenings, inForce) => {
      const atOnce = { ...inForce, maxRetries: Math.max(inForce.maxRetries, 1), delaysMs: [0] };
      const history = recordedUnder(atOnce, happenings);
      const { wouldRequeue, wouldExhaust, requeued, wouldIgnore } = preview(history, atOnce);
      const exhausted = history.filter(({ decision }) => decision === 'exhausted').length;
      expect({ wouldRequeue, wouldExhaust, wouldIgnore }).toEqual({
        wouldRequeue: requeued,
        wouldExhaust: exhausted,
        wouldIgnore: 0,
      });
      requeues += requeued;
      exhaustions += exhausted;
    }),
  );
  expect(Math.min(requeues, exhaustions)).toBeGreaterThan(0);
});

/** What the real state machine makes of failures and recoveries, while F&O takes every request. */
function recordedUnder(
  inForce: RetryPolicy,
  happenings: readonly { gapMs: number; what: 'failure' | 'recovered' }[],
): Recorded[] {
  const history: Recorded[] = [];
  const known: { job: BatchJob | null } = { job: null };
  const run = (event: JobEvent, context: Context): void => {
    const step = transition(known.job, event, context);
    if (step.kind === 'read') {
      const read = { kind: 'found', observation: observed('Error', context.now), answer } as const;
      run(event, { ...context, read });
    }
    if (step.kind !== 'changed') return;
    known.job = step.job;
    history.push(...step.decisions.map((made) => recorded(made, context.now)));
    const outcome = { kind: 'taken', action, answer } as const;
    if (step.request) run({ kind: 'answered', claim: step.request, outcome }, { ...context, read: null });
  };
  let time = now.getTime();
  for (const [index, { gapMs, what }] of happenings.entries()) {
    time += gapMs;
    const context = aContext({ policyFor: () => inForce, token: `T${index}`, now: new Date(time) });
    const event = { ...aFailure(1), eventId: `E${index}`, endedAt: new Date(time) };
    if (what === 'failure') run({ kind: 'failure', failure: event }, context);
    else run({ kind: 'run-reported', progress: 'finished', event, occurredAt: null }, context);
  }
  return history;
}

function recorded({ about, outcome, failure, retry }: Decision, at: Date): Recorded {
  const { eventId } = failure;
  if (about === 'failure') return { at, kind: 'failure', eventId, decision: outcome, retry };
  return { at, kind: String(outcome), eventId, decision: null, retry };
}
