import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { everyJob } from '../helpers/policies.ts';
import { composeService, nothingAround } from './compose-service.ts';
import { settingsFor, startService } from './service-process.ts';

const jobId = '5637144576';
const otherJobId = '5637144580';
const job: NewBatchJob = { jobId, description: 'Nightly posting', script: { kind: 'always-fail' } };
const minute = 60_000;

/** The promise is 5 s; the rest is for a busy machine to end a process. */
const endsWithinMs = 5300;

const folder = mkdtempSync(join(tmpdir(), 'stop-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cases: { name: string; fault: Fault; while: 'a delivery' | 'due work' | 'both'; answer: string }[] = [
  {
    name: 'answers in a second',
    fault: { kind: 'delay', ms: 1000 },
    while: 'a delivery',
    answer: '200 requeued',
  },
  {
    name: 'acts and never answers',
    fault: { kind: 'hang', committed: true },
    while: 'a delivery',
    answer: '202 deferred',
  },
  { name: 'neither acts nor answers', fault: { kind: 'hang' }, while: 'a delivery', answer: '202 deferred' },
  {
    name: 'acts and never answers',
    fault: { kind: 'hang', committed: true },
    while: 'due work',
    answer: 'none',
  },
  { name: 'neither acts nor answers', fault: { kind: 'hang' }, while: 'due work', answer: 'none' },
];

for (const [index, each] of cases.entries()) {
  test.concurrent(
    `stopped during ${each.while} while F&O ${each.name}, it ends within 5 s and the failure is requeued once`,
    async () => {
      await using sandbox = await startSandbox();
      sandbox.addJob(job);
      const store = `sqlite:${join(folder, `${index}.sqlite`)}`;
      sandbox.addJob({ ...job, jobId: otherJobId });
      await sandbox.run(jobId);
      const event = sandbox.failedEvent(jobId);
      if (each.while === 'due work') {
        sandbox.faults.add({ kind: 'throttled', retryAfter: 1 }, { on: 'action', jobId });
      }
      sandbox.faults.add(each.fault, { on: 'action', jobId });

      const settings = {
        orgUrl: sandbox.orgUrl,
        identity: sandbox.identityEnvironment,
        store,
        policy: everyJob,
      };
      if (each.while === 'due work') await deferInThePast(settings, event);
      await using service = await startService({ ...settingsFor(sandbox), STORE: store });
      if (each.while === 'a delivery') {
        // What a process loads before its first request takes long on a busy machine.
        await sandbox.run(otherJobId);
        await service.deliver(sandbox.failedEvent(otherJobId));
      }
      const delivery = each.while === 'due work' ? null : service.deliver(event);
      const answered = delivery?.then(
        ({ status, decision }) => `${status} ${decision}`,
        () => 'cut off',
      );
      const wanted = each.while === 'due work' ? 2 : 1;
      const requests = () =>
        sandbox.requests.filter((request) => request.route === 'action' && request.jobId === jobId).length;
      // A process that is slow to load puts work off by a minute at first.
      await expect.poll(requests, { timeout: 160_000, interval: 10 }).toBe(wanted);

      const stoppedAt = performance.now();
      const exited = once(service.child, 'exit');
      service.child.kill('SIGTERM');
      const [code, signal]: unknown[] = await exited;
      const tookMs = performance.now() - stoppedAt;
      const answer = (await answered) ?? 'none';
      console.log(
        `Stopped during ${each.while} while F&O ${each.name}: ${(tookMs / 1000).toFixed(2)} s, answer ${answer}`,
      );

      sandbox.faults.clear();
      const clock = new ManualClock(new Date());
      const later = await composeService(settings, clock, nothingAround);
      for (let passed = 0; passed < 20; passed++) {
        await clock.advance(minute / 2);
        while ((await later.service.pollWorkQueue()) > 0);
      }
      later.store.close();
      expect({
        code,
        signal,
        answer,
        requeues: sandbox.requeues(jobId),
        status: sandbox.job(jobId).status,
      }).toEqual({
        code: 0,
        signal: null,
        answer: each.answer,
        requeues: 1,
        status: 'Waiting',
      });
      expect(tookMs).toBeLessThan(endsWithinMs);
    },
    240_000,
  );
}

/** A process before left the failure deferred, by a clock that was two minutes ago. */
async function deferInThePast(settings: Parameters<typeof composeService>[0], event: string): Promise<void> {
  const earlier = await composeService(
    settings,
    new ManualClock(new Date(Date.now() - 2 * minute)),
    nothingAround,
  );
  const { status } = await earlier.deliver(event);
  earlier.store.close();
  expect(status).toBe(202);
}
