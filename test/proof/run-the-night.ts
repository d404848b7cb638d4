import type { Happening } from '../../src/sandbox/happening.ts';
import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import { randomSequence } from '../../src/sandbox/job-script.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { aService, type TestService } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const minute = 60_000;
const hour = 60 * minute;
const stepMs = minute / 2;
const nightMs = 8 * hour;
const down = { fromMs: 2 * hour, untilMs: 3 * hour };
/** One of two processes is killed then. */
const deathMs = 4 * hour;

const jobs = Array.from({ length: 200 }, (_, n) => aJob(n));

export type Night = {
  failures: { all: number; lost: number; unknown: number; unknownOfOthers: number };
  requeues: number;
  requeuesOfRecurring: number;
  announced: Record<string, number>;
  searches: number;
  violations: string[];
};

/** Half of the jobs recur, a fifth fail once or more, three hang, and three do not start. */
function aJob(n: number): NewBatchJob {
  const isRecurring = n % 2 === 0;
  const isFailing = n % 5 === 0;
  const hangs = n >= 197;
  const isLate = n >= 194 && !hangs;
  const firstAt = new Date(Date.parse('2026-03-02T01:00:00Z') + (n % 60) * minute);
  return {
    jobId: String(5_637_144_000 + n),
    description: `Nightly ${n}`,
    script: isFailing ? { kind: 'fail-times', times: 1 + (n % 3) } : { kind: 'succeed' },
    ...(isRecurring && !isLate && !hangs ? { recurrence: { everyMs: 2 * hour, firstAt } } : {}),
    pace: () => ({
      runMs: hangs ? 'hangs' : (3 + (n % 10)) * minute,
      ...(isLate ? { startsLateMs: Infinity } : {}),
    }),
  };
}

export async function runTheNight(
  file: string,
  { lostRate, hasHistory }: { lostRate: number; hasHistory: boolean },
): Promise<Night> {
  const clock = new ManualClock();
  const random = randomSequence(20_261_126);
  const happenings: Happening[] = [];
  const sandbox = await startSandbox({
    clock,
    autoRun: { pickupMs: minute / 2, runMs: 5 * minute },
    history: hasHistory ? {} : null,
    pageSize: 1000,
    onHappening: (happening) => happenings.push(happening),
  });
  for (const job of jobs) sandbox.addJob(job);
  const setup = {
    fno: sandbox,
    clock,
    settings: { STORE: `sqlite:${file}`, EVENTS: lostRate === 1 ? 'none' : 'all' },
    policy: {
      jobs: [
        {
          name: 'Nightly',
          match: { description: 'Nightly*' },
          expect: { maxDuration: 'PT1H', startWithin: 'PT2H' },
        },
      ],
    },
  };
  const all = [await aService(setup), await aService(setup)];
  const violations: string[] = [];
  const lost = new Set<string>();
  let seen = 0;
  for (let passedMs = 0; passedMs < nightMs; passedMs += stepMs) {
    if (passedMs === down.fromMs) await sandbox.goDown();
    if (passedMs === down.untilMs) await sandbox.comeUp();
    if (passedMs === deathMs) all.pop()?.composed.close();
    await clock.advance(stepMs);
    const news = happenings.slice(seen);
    seen = happenings.length;
    for (const happening of news) await hear(happening);
    for (const { service } of all) {
      while ((await service.pollWorkQueue()) > 0);
      if (passedMs % (5 * minute) === 0) await service.watch();
    }
  }
  const [last] = all;
  if (!last) throw new Error('nobody is left');
  const night = await judge(last);
  await sandbox.stop();
  for (const { composed } of all) composed.close();
  return night;

  async function hear(happening: Happening): Promise<void> {
    if (happening.kind !== 'job-failed') return;
    const { jobId } = happening;
    const key = `${jobId}@${sandbox.job(jobId).runs.length}`;
    if (random() < lostRate) lost.add(key);
    else await all[Math.floor(random() * all.length)]?.deliver(sandbox.failedEvent(jobId));
  }

  async function judge(service: TestService): Promise<Night> {
    const announced: Record<string, number> = { 'long-running': 0, late: 0, 'too-short': 0 };
    const failures = { all: 0, lost: lost.size, unknown: 0, unknownOfOthers: 0 };
    let requeues = 0;
    let requeuesOfRecurring = 0;
    for (const { jobId, recurrence } of jobs) {
      const { runs } = sandbox.job(jobId);
      const failed = runs.filter(({ outcome }) => outcome === 'failed');
      const known = await valuesOf(service, `batch-jobs/${jobId}/runs?limit=200`);
      const told = known.filter(({ end }) => end === 'failed').length;
      const lines = await valuesOf(service, `batch-jobs/${jobId}/history?limit=200`);
      for (const { kind } of lines) if (String(kind) in announced) announced[String(kind)]! += 1;
      failures.all += failed.length;
      failures.unknown += Math.max(failed.length - told, 0);
      if (!recurrence) failures.unknownOfOthers += Math.max(failed.length - told, 0);
      if (told > failed.length) violations.push(`${jobId}: ${told} failures for ${failed.length}`);
      const accepted = sandbox.requeues(jobId);
      requeues += accepted;
      if (recurrence) requeuesOfRecurring += accepted;
      if (accepted > failed.length)
        violations.push(`${jobId}: ${accepted} requeues for ${failed.length} failures`);
      for (const [n, run] of runs.entries()) {
        const isAfterFailure = runs[n - 1]?.outcome === 'failed';
        if (run.cause === 'requeue' && !isAfterFailure)
          violations.push(`${jobId}: run ${n} was requeued after a run that did not fail`);
      }
    }
    const searches = sandbox.requests.filter(({ route }) => route === 'list' || route === 'history').length;
    return { failures, requeues, requeuesOfRecurring, announced, searches, violations };
  }
}

async function valuesOf(service: TestService, path: string): Promise<Record<string, unknown>[]> {
  const { body } = await service.get(path);
  return Array.isArray(body['value']) ? body['value'] : [];
}
