import pMap from 'p-map';
import { expect } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { type Answer, settingsFor, startService, type ServiceProcess } from './service-process.ts';

const jobs = 50;
const maxRetries = 5;

/** A second for each event is ten times what it takes. */
export const timeoutMs = (events: number) => 100_000 + events * 1000;

/**
 * Sends so many events of 50 jobs to four processes on one store, each event to three of them. Resolves with each
 * job's requeues, and with as many as are right. `concurrency`: jobs whose events are on their way at once.
 */
export async function deliverToFour(
  name: string,
  events: number,
  concurrency: number,
  store: Record<string, string>,
) {
  const clock = new ManualClock(new Date());
  await using sandbox = await startSandbox({ clock });
  const jobIds = Array.from({ length: jobs }, (_, index) => String(5_637_144_576 + index));
  for (const jobId of jobIds) {
    sandbox.addJob({ jobId, description: `Job ${jobId}`, script: { kind: 'always-fail' } });
  }
  const settings = { ...settingsFor(sandbox), ...store, REQUEUES_PER_MINUTE: '100000' };
  const services: ServiceProcess[] = [];
  try {
    services.push(await startService(settings));
    services.push(...(await Promise.all([1, 2, 3].map(() => startService(settings)))));
    const tally = new Map<string, number>();
    const tell = ({ status, decision }: Answer) => {
      const key = status < 300 ? `${status} ${decision}` : String(status);
      tally.set(key, (tally.get(key) ?? 0) + 1);
    };
    const startedAt = performance.now();
    let sent = 0;
    for (let round = 0; sent < events; round++) {
      await clock.advance(5000);
      await pMap(
        jobIds.slice(0, events - sent),
        async (jobId, index) => {
          const event = await nextFailure(sandbox, jobId);
          await Promise.all(threeOf(services, round + index).map((to) => deliver(to, event, tell)));
          await untilHandled(sandbox, jobId, round);
        },
        { concurrency },
      );
      sent += Math.min(jobs, events - sent);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const requeues = jobIds.map((jobId) => sandbox.requeues(jobId));
    const told = [...tally].map(([what, count]) => `${what}: ${count}`).join(', ');
    console.log(
      `Many processes on ${name}: ${sent} events, each to 3 of 4, in ${seconds.toFixed(1)} s (${Math.round(sent / seconds)} events/s); ` +
        `${requeues.reduce((sum, count) => sum + count, 0)} requeues, the model's ${Math.min(jobs * maxRetries, sent)}; ${told}`,
    );
    return {
      requeues,
      model: jobIds.map((_, index) => Math.max(0, Math.min(maxRetries, Math.ceil((events - index) / jobs)))),
    };
  } finally {
    await Promise.all(services.map((service) => service[Symbol.asyncDispose]()));
  }
}

/** Runs the job once more; one that is exhausted is restarted by a person. */
async function nextFailure(sandbox: Sandbox, jobId: string): Promise<string> {
  if (sandbox.job(jobId).status === 'Error') sandbox.setStatus(jobId, 'Waiting');
  await sandbox.run(jobId);
  return sandbox.failedEvent(jobId);
}

/** F&O's tries, and those of who sends an event again from its error log. */
async function deliver(to: ServiceProcess, event: string, tell: (answer: Answer) => void): Promise<void> {
  for (let attempt = 1; attempt <= 60; attempt++) {
    const answer = await to.deliver(event);
    tell(answer);
    if (answer.status < 300) return;
    await new Promise((resolve) => void setTimeout(resolve, 1000));
  }
  throw new Error(`An event was not accepted in sixty tries: ${to.output.slice(-5).join(' ')}`);
}

/** A requeue may have been left for the work queue: the next run is not before it. */
async function untilHandled(sandbox: Sandbox, jobId: string, round: number): Promise<void> {
  if (round >= maxRetries) return;
  await expect.poll(() => sandbox.job(jobId).status, { timeout: 300_000, interval: 20 }).toBe('Waiting');
}

function threeOf(services: readonly ServiceProcess[], index: number): ServiceProcess[] {
  return services.filter((_, position) => position !== index % services.length);
}
