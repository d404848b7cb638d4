import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import type { JobScript } from '../../../src/sandbox/job-script.ts';
import type { JobTraits } from '../../../src/sandbox/job-traits.ts';
import type { JobKind, NightPlan } from './night-record.ts';

const minute = 60_000;
const hour = 60 * minute;
const everyMs = 2 * hour;

/** `startsAfterMs`: how long after the beginning of the night the job starts for the first time. */
export type NightJob = { kind: JobKind; startsAfterMs: number; job: NewBatchJob };

export const nightPolicy = {
  jobs: [
    {
      name: 'Nightly',
      match: { description: 'Nightly *' },
      expect: { maxDuration: 'PT1H', startWithin: 'PT1H' },
    },
  ],
};

/** 200 listed jobs: half recur, a fifth fail, three hang, three do not start. Beside them twenty that nobody listed. */
export function nightJobs(plan: NightPlan): NightJob[] {
  return Array.from({ length: 220 }, (_, n) => aJob(n, plan));
}

function aJob(n: number, { hours, seed, hasHistory, lostRate }: NightPlan): NightJob {
  const kind = kindOf(n);
  const recurs = doesRecur(n);
  const isListed = kind !== 'not listed, fails';
  // What runs once starts early enough for its last retry, what hangs or is late for its announcement.
  const ofUnusual = kind === 'hangs' || kind === 'does not start';
  const startsAfterMs = recurs || ofUnusual ? (n % 60) * minute : (n / 220) * Math.max(hours - 2.5, 0) * hour;
  const sends = recurs && n % 4 === 0 ? (['failed', 'finished'] as const) : (['failed'] as const);
  const isShown = hasHistory || lostRate !== null;
  return {
    kind,
    startsAfterMs,
    job: {
      jobId: String(5_637_144_000 + n),
      description: `${isListed ? 'Nightly' : 'Other'} ${n}`,
      script: scriptOf(n, kind),
      sends,
      traits: traitsOf(n + seed, isShown),
      ...(recurs ? { recurrence: { everyMs } } : {}),
      pace: () => ({
        runMs: kind === 'hangs' ? 'hangs' : (3 + (n % 10)) * minute,
        ...(kind === 'does not start' ? { startsLateMs: Infinity } : {}),
      }),
    },
  };
}

function doesRecur(n: number): boolean {
  return n % 2 === 0;
}

function kindOf(n: number): JobKind {
  if (n >= 200) return 'not listed, fails';
  if ([191, 197, 199].includes(n)) return 'hangs';
  if ([187, 189, 193].includes(n)) return 'does not start';
  if ([50, 55, 100, 105].includes(n)) return 'always fails';
  const how = n % 5 === 0 ? 'fails' : 'runs well';
  return doesRecur(n) ? `recurring, ${how}` : `once, ${how}`;
}

function scriptOf(n: number, kind: JobKind): JobScript {
  switch (kind) {
    case 'always fails':
      return { kind: 'always-fail' };
    case 'recurring, fails':
      return { kind: 'fail-every', nth: 2 + (n % 3) };
    case 'once, fails':
    case 'not listed, fails':
      return { kind: 'fail-times', times: 1 + (n % 3) };
    default:
      return { kind: 'succeed' };
  }
}

/** What Microsoft does not document differs from job to job. An F&O that clears the times shows no run by itself. */
function traitsOf(chosen: number, isShown: boolean): Partial<JobTraits> {
  switch (chosen % 7) {
    case 1:
      return { endLagMs: 1000 };
    case 2:
      return { endShowsAfterMs: 20_000 };
    case 3:
      return { returnsAfterMs: 5000 };
    case 4:
      return { schedule: 'stays' };
    case 5:
      return isShown ? { times: 'cleared' } : {};
    default:
      return {};
  }
}
