import { expect, test } from 'vitest';
import { ManualClock } from '../helpers/manual-clock.ts';
import type { JobScript } from '../../src/sandbox/job-script.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { aClient } from './fno-client.ts';

async function outcomes(script: JobScript, runs: number): Promise<string> {
  await using sandbox = await startSandbox();
  sandbox.addJob({ jobId: '1', description: 'Job', script });
  let text = '';
  for (let n = 0; n < runs; n += 1) {
    sandbox.setStatus('1', 'Waiting');
    text += (await sandbox.run('1')) === 'failed' ? 'x' : '.';
  }
  return text;
}

test('scripts tell how runs end', async () => {
  expect(await outcomes({ kind: 'succeed' }, 3)).toBe('...');
  expect(await outcomes({ kind: 'always-fail' }, 3)).toBe('xxx');
  expect(await outcomes({ kind: 'fail-times', times: 2 }, 4)).toBe('xx..');
});

test('a seeded script fails the same runs every time, about as often as asked', async () => {
  const first = await outcomes({ kind: 'seeded', seed: 7, failureRate: 0.3 }, 400);
  expect(await outcomes({ kind: 'seeded', seed: 7, failureRate: 0.3 }, 400)).toBe(first);
  expect(await outcomes({ kind: 'seeded', seed: 8, failureRate: 0.3 }, 400)).not.toBe(first);
  expect(first.replaceAll('.', '').length / 400).toBeCloseTo(0.3, 1);
});

test('a run takes its time and leaves its times', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock });
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'succeed' } });
  const running = sandbox.run('1', 90_000);
  expect(sandbox.job('1').status).toBe('Executing');
  await clock.advance(90_000);
  expect(await running).toBe('finished');
  expect(sandbox.job('1')).toMatchObject({ status: 'Finished', endedAt: new Date('2026-03-02T01:01:30Z') });
  expect(sandbox.job('1').runs).toEqual([
    {
      startedAt: new Date('2026-03-02T01:00:00Z'),
      endedAt: new Date('2026-03-02T01:01:30Z'),
      outcome: 'finished',
    },
  ]);
});

test('only a Waiting job can be run', async () => {
  await using sandbox = await startSandbox();
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'succeed' }, status: 'Hold' });
  await expect(sandbox.run('1')).rejects.toThrow('Hold, not Waiting');
});

test('a job whose status is set while it runs keeps that status', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock });
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'always-fail' } });
  const running = sandbox.run('1', 1000);
  sandbox.setStatus('1', 'Canceled');
  await clock.advance(1000);
  expect(await running).toBe('interrupted');
  expect(sandbox.job('1')).toMatchObject({ status: 'Canceled', canceledBy: 'Admin' });
  expect(() => sandbox.failedEvent('1')).toThrow('has sent no');
});

test('a recurring job is Waiting again after it finishes, and its end tells that it ran', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock });
  sandbox.addJob({
    jobId: '1',
    description: 'Job',
    recurring: true,
    script: { kind: 'fail-times', times: 1 },
  });
  await sandbox.run('1');
  expect(sandbox.job('1').status).toBe('Error');
  const client = await aClient(sandbox);
  await client.setToWaiting('1');
  const requeuedAt = clock.now();
  await clock.advance(60_000);
  expect(await sandbox.run('1')).toBe('finished');
  expect(sandbox.job('1').status).toBe('Waiting');
  expect(sandbox.job('1').endedAt?.getTime()).toBeGreaterThan(requeuedAt.getTime());
});

test('with autoRun, a Waiting job is picked up, runs, and runs again once requeued', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock, autoRun: { pickupMs: 1000, runMs: 1500 } });
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

test('with autoRun, a recurring job that finished waits to be started again', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock, autoRun: { pickupMs: 10, runMs: 10 } });
  sandbox.addJob({ jobId: '1', description: 'Job', recurring: true, script: { kind: 'succeed' } });
  await clock.advance(10_000);
  expect(sandbox.job('1').runs).toHaveLength(1);
});

test('with autoRun, a job put on Hold before its pickup is not run', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock, autoRun: { pickupMs: 1000, runMs: 0 } });
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'succeed' } });
  sandbox.setStatus('1', 'Hold');
  await clock.advance(5000);
  expect(sandbox.job('1').runs).toEqual([]);
});

test('an id that is no int64, or is taken, is not added', async () => {
  await using sandbox = await startSandbox();
  const job = { description: 'Job', script: { kind: 'succeed' } } as const;
  expect(() => sandbox.addJob({ ...job, jobId: '9223372036854775808' })).toThrow('not an int64');
  sandbox.addJob({ ...job, jobId: '1' });
  expect(() => sandbox.addJob({ ...job, jobId: '1' })).toThrow('exists already');
});

test('a job heals when its script is changed', async () => {
  await using sandbox = await startSandbox();
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'always-fail' } });
  await sandbox.run('1');
  sandbox.setScript('1', { kind: 'succeed' });
  sandbox.setStatus('1', 'Waiting');
  expect(await sandbox.run('1')).toBe('finished');
});
