import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aClient } from './fno-client.ts';

const hour = 3_600_000;
const autoRun = { pickupMs: 1000, runMs: 1500 };

test('with autoRun, a Waiting job is picked up, runs, and runs again once requeued', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock, autoRun });
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'fail-times', times: 1 } });
  const statuses: string[] = [];
  const watch = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    statuses.push(sandbox.job('1').status);
  };
  await watch(999);
  await watch(1);
  await watch(1500);
  await (await aClient(sandbox)).setToWaiting('1');
  await watch(0);
  await watch(1000);
  await watch(1500);
  expect(statuses).toEqual(['Waiting', 'Executing', 'Error', 'Waiting', 'Executing', 'Finished']);
  await sandbox.idle();
});

test('with autoRun, a job put on Hold before its pickup is not run', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock, autoRun: { pickupMs: 1000, runMs: 0 } });
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'succeed' } });
  sandbox.setStatus('1', 'Hold');
  await clock.advance(5000);
  expect(sandbox.job('1').runs).toEqual([]);
});

test('with autoRun, a recurring job starts when its schedule says, run after run', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock, autoRun });
  const recurrence = { everyMs: hour, firstAt: new Date('2026-03-02T01:30:00Z') };
  sandbox.addJob({ jobId: '1', description: 'Job', recurrence, script: { kind: 'fail-times', times: 1 } });
  await clock.advance(3 * hour);
  expect(sandbox.job('1').runs).toEqual([
    aRun('schedule', '01:30:01.000', '01:30:02.500', 'failed'),
    aRun('schedule', '02:30:01.000', '02:30:02.500', 'finished'),
    aRun('schedule', '03:30:01.000', '03:30:02.500', 'finished'),
  ]);
  await sandbox.idle();
});

test('with autoRun, a requeued recurring job starts at once, and then at its next schedule', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock, autoRun });
  sandbox.addJob({
    jobId: '1',
    description: 'Job',
    recurrence: { everyMs: hour },
    script: { kind: 'fail-times', times: 1 },
  });
  await clock.advance(10 * 60_000);
  await (await aClient(sandbox)).setToWaiting('1');
  await clock.advance(10 * 60_000);
  // Only the next start is planned: the plan that the requeue replaced sleeps no more.
  expect(clock.asleep).toBe(1);
  await clock.advance(50 * 60_000);
  expect(sandbox.job('1').runs).toEqual([
    aRun('schedule', '01:00:01.000', '01:00:02.500', 'failed'),
    aRun('requeue', '01:10:01.000', '01:10:02.500', 'finished'),
    aRun('schedule', '02:00:01.000', '02:00:02.500', 'finished'),
  ]);
});

test('with autoRun, a recurring job that is slow to return still starts when its schedule says', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock, autoRun });
  sandbox.addJob({
    jobId: '1',
    description: 'Job',
    recurrence: { everyMs: hour },
    traits: { returnsAfterMs: 90 * 60_000 },
    script: { kind: 'always-fail' },
  });
  await clock.advance(2.5 * hour);
  expect(sandbox.job('1').runs.map(({ startedAt }) => startedAt.toISOString().slice(11, 16))).toEqual([
    '01:00',
    '03:00',
  ]);
});

test('with autoRun, a recurring job on Hold misses its start, and one that is deleted runs no more', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock, autoRun });
  const recurrence = { everyMs: hour, firstAt: new Date('2026-03-02T01:30:00Z') };
  const job = { description: 'Job', recurrence, script: { kind: 'succeed' } } as const;
  sandbox.addJob({ ...job, jobId: '1' });
  sandbox.addJob({ ...job, jobId: '2' });
  const { runs } = sandbox.job('2');
  sandbox.setStatus('1', 'Hold');
  sandbox.vanish('2');
  await clock.advance(2 * hour);
  expect([sandbox.job('1').runs, runs]).toEqual([[], []]);
  sandbox.startNow('1', 'person');
  await clock.advance(5000);
  expect(sandbox.job('1').runs).toMatchObject([{ cause: 'person', outcome: 'finished' }]);
  await sandbox.idle();
});

function aRun(cause: string, started: string, ended: string, outcome: string): object {
  const [startedAt, endedAt] = [started, ended].map((time) => new Date(`2026-03-02T${time}Z`));
  return { cause, startedAt, endedAt, outcome };
}
