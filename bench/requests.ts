import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Sandbox } from '../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import type { TokenEndpoint } from '../src/sandbox/token-endpoint.ts';
import { startBenchService } from './bench-service.ts';
import { post } from './post.ts';

/** `roundsMs`: the mean time of one request in each round. */
type Measured = { name: string; roundsMs: number[] };
type Case = { name: string; url: string; decision: string; prepare: () => Promise<string> };

const requestsARound = 100;
const jobIds = Array.from({ length: 10 }, (_, index) => String(5_637_144_576 + index));
const unlisted = '4444444444';

/** The baseline first. */
export async function measureRequests(
  folder: string,
  identity: TokenEndpoint,
  rounds: number,
): Promise<Measured[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await using sandbox = await startSandbox({ identity });
  for (const jobId of [...jobIds, unlisted]) {
    sandbox.addJob({ jobId, description: `Job ${jobId}`, script: { kind: 'always-fail' } });
  }
  await using bare = await startBareServer();
  await using service = await startBenchService(sandbox, jobIds, folder, 'requests');

  const { url } = service;
  const [known = ''] = jobIds;
  const decided = await aFailure(sandbox, known);
  await post(url, agent, decided);
  const ignored = await aFailure(sandbox, unlisted);
  let next = 0;
  const cases: Case[] = [
    {
      name: 'node:http that parses the JSON',
      url: bare.url,
      decision: '',
      prepare: () => Promise.resolve(ignored),
    },
    {
      name: 'ignored: no entry lists the job',
      url,
      decision: 'ignored',
      prepare: () => Promise.resolve(ignored),
    },
    { name: 'duplicate', url, decision: 'duplicate', prepare: () => Promise.resolve(decided) },
    {
      name: 'requeued, F&O answering at once',
      url,
      decision: 'requeued',
      prepare: () => aFailure(sandbox, jobIds[next++ % jobIds.length] ?? known),
    },
  ];
  const measured = cases.map(({ name }): Measured => ({ name, roundsMs: [] }));
  // The round before the first warms up.
  for (let round = -1; round < rounds; round++) {
    for (const [index, one] of cases.entries()) {
      const ms = await measureRound(one, agent);
      if (round >= 0) measured[index]?.roundsMs.push(ms);
    }
  }
  agent.destroy();
  return measured;
}

async function measureRound({ name, url, decision, prepare }: Case, agent: Agent): Promise<number> {
  let ms = 0;
  for (let sent = 0; sent < requestsARound; sent++) {
    const event = await prepare();
    const startedAt = performance.now();
    const answered = await post(url, agent, event);
    ms += performance.now() - startedAt;
    if (answered !== decision) throw new Error(`${name}: ${answered}`);
  }
  return ms / requestsARound;
}

async function aFailure(sandbox: Sandbox, jobId: string): Promise<string> {
  if (sandbox.job(jobId).status !== 'Waiting') sandbox.setStatus(jobId, 'Waiting');
  await sandbox.run(jobId);
  return sandbox.failedEvent(jobId);
}

async function startBareServer() {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const event: unknown = JSON.parse(await text(request));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ isObject: typeof event === 'object' }));
}
