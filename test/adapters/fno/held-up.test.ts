import { expect, test } from 'vitest';
import { FnoBatchJobs } from '../../../src/adapters/fno/fno-batch-jobs.ts';
import { FnoSender } from '../../../src/adapters/fno/fno-sender.ts';
import { TokenSource } from '../../../src/adapters/fno/token-source.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { jobId } from '../../domain/job/builders.ts';
import { aToken } from '../../sandbox/fno-client.ts';

/** A job that failed, and a process on which something happens while it waits for a token. */
async function whileWaiting(happens: (machine: { wallMs: number; uptimeMs: number }) => void) {
  const sandbox = await startSandbox();
  sandbox.addJob({ jobId, description: 'Nightly posting', script: { kind: 'always-fail' } });
  await sandbox.run(jobId);
  const machine = { wallMs: Date.now(), uptimeMs: 0 };
  const clock: Clock = {
    now: () => new Date(machine.wallMs),
    uptimeMs: () => machine.uptimeMs,
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
    alarm: () => () => undefined,
  };
  const getToken = async () => {
    const token = await aToken(sandbox);
    happens(machine);
    return { token, expiresOnTimestamp: machine.wallMs + 3_600_000 };
  };
  const tokens = new TokenSource(() => Promise.resolve({ getToken }), sandbox.orgUrl, clock);
  return { sandbox, batchJobs: new FnoBatchJobs(new FnoSender(sandbox.orgUrl, tokens, clock), clock) };
}

test('a process that was held up while it waited for a token sends nothing', async () => {
  const { sandbox, batchJobs } = await whileWaiting((machine) => (machine.uptimeMs += 15_001));
  await using _ = sandbox;
  expect(await batchJobs.setToWaiting(jobId, AbortSignal.timeout(5000))).toMatchObject({ kind: 'not-sent' });
  expect(sandbox.requeues(jobId)).toBe(0);
});

test.each([-3_600_000, 3_600_000])(
  'a clock that is set by %i ms meanwhile holds nothing up',
  async (stepMs) => {
    const { sandbox, batchJobs } = await whileWaiting((machine) => (machine.wallMs += stepMs));
    await using _ = sandbox;
    expect(await batchJobs.setToWaiting(jobId, AbortSignal.timeout(5000))).toMatchObject({ kind: 'taken' });
    expect(sandbox.requeues(jobId)).toBe(1);
  },
);
