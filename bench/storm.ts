import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import pMap from 'p-map';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import type { TokenEndpoint } from '../src/sandbox/token-endpoint.ts';
import { startBenchService } from './bench-service.ts';
import { post } from './post.ts';

type Storm = { eventsPerSecond: number; slowestMs: number; decisions: string };

const jobIds = Array.from({ length: 50 }, (_, index) => String(6_637_144_576 + index));
const eventsAJob = 10;
const concurrency = 32;

/** Many jobs fail at once and F&O tells of each several times, to a store that knows none of them. */
export async function measureStorms(
  folder: string,
  identity: TokenEndpoint,
  rounds: number,
): Promise<Storm[]> {
  const storms: Storm[] = [];
  for (let round = 0; round < rounds; round++) {
    await using sandbox = await startSandbox({ identity });
    for (const jobId of jobIds) {
      sandbox.addJob({ jobId, description: `Job ${jobId}`, script: { kind: 'always-fail' } });
      await sandbox.run(jobId);
    }
    await using service = await startBenchService(sandbox, jobIds, folder, `storm-${round}`);
    const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
    const events = Array.from({ length: eventsAJob }, () => jobIds)
      .flat()
      .map((jobId) => sandbox.failedEvent(jobId).replace(/"EventId":"[^"]+"/, `"EventId":"${randomUUID()}"`));
    const decisions = new Map<string, number>();
    let slowestMs = 0;
    const startedAt = performance.now();
    await pMap(
      events,
      async (event) => {
        const sentAt = performance.now();
        const decision = await post(service.url, agent, event);
        slowestMs = Math.max(slowestMs, performance.now() - sentAt);
        decisions.set(decision, (decisions.get(decision) ?? 0) + 1);
      },
      { concurrency },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    agent.destroy();
    storms.push({
      eventsPerSecond: events.length / seconds,
      slowestMs,
      decisions: [...decisions].map(([decision, count]) => `${count} ${decision}`).join(', '),
    });
  }
  return storms;
}
