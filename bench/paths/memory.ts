import { type Contender, requestTo, type Surroundings } from '../contenders.ts';
import type { Failures, SentEvent } from '../events.ts';
import { load } from '../load.ts';
import { connections, inTurn } from './measure-requests.ts';

/** After so many requests; in bytes. The heap after a collection of what nobody needs. */
export type MemorySample = { requests: number; rss: number; heapUsed: number };

const steps = 10;
const requestsAStep = 20_000;

/** Of twenty requests one is a requeue, seven are duplicates, and twelve are of jobs that no entry lists. */
export async function measureMemory(
  contender: Contender,
  around: Surroundings,
  failures: Failures,
  progress: (text: string) => void,
): Promise<MemorySample[]> {
  await using server = await contender.start(around);
  const decided = Array.from({ length: 500 }, () => failures.listed());
  const send = (requests: number, next: () => SentEvent) => {
    const [url, until] = [server.url, { requests }];
    return load({
      url,
      connections,
      until,
      next: () => requestTo(contender, next()),
      expected: '"decision"',
    });
  };
  await send(decided.length, inTurn(decided));
  const duplicate = inTurn(decided);
  let sent = 0;
  const mixed = () => {
    const kind = sent++ % 20;
    if (kind === 0) return failures.listed();
    return kind <= 7 ? duplicate() : failures.unlisted();
  };
  const samples: MemorySample[] = [];
  for (let step = 1; step <= steps; step++) {
    await send(requestsAStep, mixed);
    const { rss, heapUsed } = await server.usage();
    progress(`memory: ${step} of ${steps}`);
    samples.push({ requests: step * requestsAStep, rss, heapUsed });
  }
  return samples;
}
