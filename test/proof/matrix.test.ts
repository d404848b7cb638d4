import { afterAll, expect, test } from 'vitest';
import type { JobTraits } from '../../src/sandbox/job-traits.ts';
import { Night, type NightSettings } from './night.ts';

const minute = 60_000;
const hour = 60 * minute;

type Situation = {
  name: string;
  settings: Omit<NightSettings, 'job'>;
  /** Whether F&O lets the service know enough to retry until the job is well. */
  heals: (isRecurring: boolean) => boolean;
  /** Whether a request arrives while the failed job is still in Error, if it returns to Waiting 5 s later. */
  isAtOnce: boolean;
};

/** What a person would call "should have been retried" is healed: but of a recurring job's run that nobody tells of. */
const situations: Situation[] = [
  { name: 'immediate retry', settings: {}, heals: () => true, isAtOnce: true },
  {
    name: 'delays PT5M',
    settings: { policy: { delaysMs: [5 * minute] } },
    heals: () => true,
    isAtOnce: false,
  },
  {
    name: 'F&O down for an hour',
    settings: { down: { fromMs: 0, untilMs: hour } },
    heals: () => true,
    isAtOnce: false,
  },
  {
    name: 'answer lost, accepted',
    settings: { requestFate: (nth) => (nth === 1 ? 'taken, answer lost' : 'taken') },
    heals: () => true,
    isAtOnce: true,
  },
  {
    name: 'answer lost, not accepted',
    settings: { requestFate: (nth) => (nth === 1 ? 'not taken, answer lost' : 'taken') },
    heals: () => true,
    isAtOnce: false,
  },
  {
    name: 'second failed event lost',
    settings: { eventDelayMs: (kind, nth) => (kind === 'failed' && nth === 2 ? null : 0) },
    heals: (isRecurring) => !isRecurring,
    isAtOnce: true,
  },
];

const traits: Partial<JobTraits>[] = (['kept', 'cleared'] as const).flatMap((times) =>
  [0, 5000].flatMap((returnsAfterMs) =>
    (['starts-now', 'no-change', 'refuses'] as const).map((action) => ({ times, returnsAfterMs, action })),
  ),
);

const rows: string[] = [];

afterAll(() => {
  console.log(
    [
      "Each cell: runs that we caused / budget used, the job's last state, what was announced.",
      'The job fails twice, then runs well; it recurs every 24 hours or not at all. Looked at after 6 hours.',
      ...rows,
    ].join('\n'),
  );
});

for (const isRecurring of [true, false]) {
  for (const { name, settings, heals, isAtOnce } of situations) {
    for (const sendsFinished of [true, false]) {
      const what = `${isRecurring ? 'recurring' : 'not recurring'}, ${name}, finished events ${sendsFinished ? 'on' : 'off'}`;
      test(`${what}: no promise is broken, and what should have been retried was`, async () => {
        for (const some of traits) {
          using night = new Night({
            ...settings,
            job: {
              script: { kind: 'fail-times', times: 2 },
              ...(isRecurring ? { recurrence: { everyMs: 24 * hour } } : {}),
              traits: some,
              sends: sendsFinished ? ['failed', 'finished'] : ['failed'],
            },
          });
          await night.pass(6 * hour);
          const { times, returnsAfterMs = 0, action } = some;
          const state = await night.state();
          const used = await night.retriesUsed();
          const told = night.announced.join(' ') || '-';
          rows.push(
            `${what} | ${times}, back after ${returnsAfterMs / 1000} s, ${action} | ${night.ourRuns}/${used} ${state} | ${told}`,
          );
          const starts = !isRecurring || action === 'starts-now' || (returnsAfterMs > 0 && isAtOnce);
          // Without times nobody can tell that an accepted requeue started nothing.
          const isTold = !starts && (times === 'kept' || action === 'refuses');
          const isToHeal = starts && heals(isRecurring);
          expect({
            cell: rows.at(-1),
            violations: night.violations,
            isWithinBudget: night.ourRuns <= 2,
            isTold: told !== '-',
            isHealed: isToHeal && night.job.runs.at(-1)?.outcome === 'finished',
          }).toEqual({ cell: rows.at(-1), violations: [], isWithinBudget: true, isTold, isHealed: isToHeal });
        }
      });
    }
  }
}
