import { expect, test } from 'vitest';
import type { JobScript } from '../../src/sandbox/job-script.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

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

test('scripts say how runs end', async () => {
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
      cause: 'schedule',
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
