import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { bundle } from './bundle.ts';
import { type Composed, composeService, nothingAround, type Settings } from './compose-service.ts';
import type { Errand, Report } from './dying-process.ts';
import { everyJob } from '../helpers/policies.ts';
import { someOf } from './some-of.ts';

const minute = 60_000;
const failing: NewBatchJob = {
  jobId: '5637144576',
  description: 'Nightly posting',
  script: { kind: 'fail-times', times: 1 },
};
const well: NewBatchJob = { jobId: '2', description: 'Nightly check', script: { kind: 'succeed' } };

const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'crash-look-'));
const program = join(folder, 'dying-process.mjs');
beforeAll(() => bundle(new URL('./dying-process.ts', import.meta.url), program));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;

type Death = Pick<Errand, 'diesAt' | 'when'>;

test('a process may die before and after each I/O of a look: the next look finds all, and doubles nothing', async () => {
  const { ios, violations } = await play({ diesAt: Infinity, when: 'before' });
  expect(violations).toEqual([]);
  expect(ios).toEqual(expect.arrayContaining(['fno.search', 'runs.put', 'fno.setToWaiting', 'ledger.write']));
  const deaths = ios.flatMap((_, index): Death[] => [
    { diesAt: index + 1, when: 'before' },
    { diesAt: index + 1, when: 'after' },
  ]);
  const played = await pMap(someOf(deaths, 0), play, { concurrency: 2 });
  console.log(`Crashes of a look: ${ios.length} steps, ${played.length} deaths`);
  expect(played.flatMap((one) => one.violations)).toEqual([]);
}, 120_000);

/** A job fails and its event is lost, another runs well; a process looks and dies, and another one takes over. */
async function play(death: Death): Promise<{ ios: string[]; violations: string[] }> {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock });
  sandbox.addJob(failing);
  sandbox.addJob(well);
  const settings: Settings = {
    orgUrl: sandbox.orgUrl,
    identity: sandbox.identityEnvironment,
    store: `sqlite:${join(folder, `${++files}.sqlite`)}`,
    policy: { defaults: { maxRetries: 2 }, ...everyJob },
  };
  const first = await composeService(settings, clock, nothingAround);
  await first.service.watch();
  first.store.close();
  for (const { jobId } of [failing, well]) {
    await clock.advance(minute);
    await sandbox.run(jobId);
  }
  await clock.advance(6 * minute);
  const ios = await look(settings, clock, death);

  const second = await composeService(settings, clock, nothingAround);
  try {
    await goOn(second, clock, 20);
    if (sandbox.job(failing.jobId).status === 'Waiting') await sandbox.run(failing.jobId);
    await goOn(second, clock, 40);
    const violations: string[] = [];
    const requeues = sandbox.requeues(failing.jobId);
    if (requeues !== 1) violations.push(`F&O accepted ${requeues} requeues`);
    const { state } = z
      .object({ state: z.string() })
      .parse(await second.get('get-batch-job', { jobId: failing.jobId }));
    if (state !== 'recovered') violations.push(`in the end the job is ${state}`);
    const kept = await second.store.runs.between('default', { from: new Date(0), to: clock.now() }, null, 10);
    const ends = kept.map(({ jobId, end, isSettled }) => `${jobId} ${end}${isSettled ? '' : ' (open)'}`);
    const expected = [`${failing.jobId} failed`, `${well.jobId} finished`, `${failing.jobId} finished`];
    if (ends.join() !== expected.join()) violations.push(`the runs are ${ends.join()}`);
    return { ios, violations: violations.map((one) => `${JSON.stringify(death)}: ${one}`) };
  } finally {
    second.store.close();
  }
}

async function goOn({ service }: Composed, clock: ManualClock, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    await clock.advance(minute);
    await service.watch();
    while ((await service.pollWorkQueue()) > 0);
  }
}

async function look(settings: Settings, clock: ManualClock, death: Death): Promise<string[]> {
  const child = fork(program, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const exited = once(child, 'exit');
  const reports: Report[] = [];
  child.on('message', (report: Report) => reports.push(report));
  const [now, uptimeMs] = [clock.now().getTime(), clock.uptimeMs()];
  child.send({ settings, now, uptimeMs, event: null, looks: true, ...death } satisfies Errand);
  const [code, signal]: unknown[] = await exited;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error('The process failed otherwise than it was to.');
  return reports.at(-1)?.ios ?? [];
}
