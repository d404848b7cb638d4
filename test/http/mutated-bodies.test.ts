import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mountRoutes } from '../../src/hosts/azure/mount-functions.ts';
import { listen } from '../../src/hosts/node/listen.ts';
import { aService, failureEvent, type TestService } from '../helpers/a-service.ts';
import { askRoute } from '../helpers/ask-route.ts';
import { startFunctionsHost } from '../helpers/functions-host.ts';
import { extremes, type Mutated, mutated } from './mutated-body.ts';
import { listedJobId } from './mutated-text.ts';
import { type Wrapped, wrapped } from './wrapped-body.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
/** In envelopes; a tenth of them, mutated, goes over HTTP. */
const bodies = Number(process.env['PROOF_BODIES'] ?? 20_000);
const batch = 25;
const policy = { jobs: [{ name: 'Nightly posting', match: { jobId: [listedJobId] } }] };

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);

beforeAll(() => {
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
});

const reasonable = {
  /** Answers that are no JSON, tell no reason, or are none of those the webhook promises. */
  unreasonable: [],
  statuses: [200, 400, 413, 415, 422],
  requeuesAsked: [],
  unhandled: [],
  pollution: [],
  heapGrowthMiB: expect.toSatisfy((mebibytes: number) => mebibytes < 64),
  /** What the same service answers to the one event that is whole. */
  afterwards: { status: 200, requeues: 1 },
};

test(
  `${bodies} bodies in envelopes, nested, mixed up and broken, are answered with reason`,
  { timeout: 60_000 },
  async () => {
    await using service = await aService({ policy: { jobs: [{ ...policy.jobs[0], mode: 'shadow' }] } });
    const route = service.service.routes.find(({ name }) => name === 'business-events');
    if (!route) throw new Error('There is no webhook');
    console.log(`${bodies} wrapped bodies, SEED=${seed}`);
    const unreasonable: object[] = [];
    const kinds = new Set<string>();
    const answerAll = async (all: readonly Wrapped[]) => {
      for (const { headers, body } of all) {
        const request = new Request('http://127.0.0.1/api/business-events', {
          method: 'POST',
          headers,
          body,
        });
        const response = await askRoute(route, request);
        const answer = {
          status: response.status,
          contentType: response.headers.get('content-type') ?? undefined,
          text: await response.text(),
          to: JSON.stringify({ headers, body: body.slice(0, 300) }),
        };
        for (const [, kind = ''] of answer.text.matchAll(/"(?:decision|type)":"([\w:-]+)"/g)) kinds.add(kind);
        if (!isReasonable(answer)) unreasonable.push(answer);
      }
    };
    await answerAll(fc.sample(wrapped, { seed, numRuns: 1000 }));
    const before = heapUsed();
    for (let sent = 1000; sent < bodies && unreasonable.length < 3; sent += 500) {
      await answerAll(fc.sample(wrapped, { seed: seed + sent, numRuns: 500 }));
    }
    expect({
      unreasonable,
      unhandled,
      pollution: [Object.prototype, Array.prototype, Function.prototype].flatMap((one) => Object.keys(one)),
      heapGrowthMiB: (heapUsed() - before) / 1024 / 1024,
      requeuesAsked: service.sandbox.requests.filter(({ route }) => route === 'action'),
    }).toEqual({
      unreasonable: [],
      unhandled: [],
      pollution: [],
      heapGrowthMiB: expect.toSatisfy((mebibytes: number) => mebibytes < 16),
      requeuesAsked: [],
    });
    expect([...kinds]).toEqual(
      expect.arrayContaining(['ignored', 'shadow', 'duplicate', 'urn:batch-retry:problem:invalid-event']),
    );
  },
);

test(
  `the node host answers ${bodies / 10} mutated bodies with reason, and requeues for none`,
  { timeout: 60_000 },
  async () => {
    await using service = await aService({ policy });
    const host = await listen(service.service, { host: '127.0.0.1', port: 0, functionKey: null });
    try {
      expect(await sendMutated(`${host.url}/business-events`, service, bodies / 10)).toEqual(reasonable);
    } finally {
      await host.close();
    }
  },
);

test(
  `the Azure mount answers ${bodies / 40} mutated bodies with reason, and requeues for none`,
  { timeout: 60_000 },
  async () => {
    await using service = await aService({ policy });
    const host = await startFunctionsHost(() => mountRoutes(service.service, (_context, handle) => handle()));
    try {
      expect(await sendMutated(`${host.url}/business-events`, service, bodies / 40)).toEqual(reasonable);
      expect(host.logs.filter(({ level }) => level === 'error')).toEqual([]);
    } finally {
      await host.close();
    }
  },
);

/** Sends mutated bodies, batch by batch, and tells what came of them and what they left behind. */
async function sendMutated(url: string, service: TestService, count: number) {
  const event = await failureEvent(service, listedJobId);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const statuses = new Set<number>();
  const unreasonable: object[] = [];
  const sendBatch = async (requests: readonly Mutated[]) => {
    for (const answer of await Promise.all(requests.map((one) => send(url, agent, one)))) {
      statuses.add(answer.status);
      if (!isReasonable(answer)) unreasonable.push(answer);
    }
  };
  try {
    console.log(`${count} mutated bodies, SEED=${seed}`);
    // What is loaded and compiled once is no leak.
    await sendBatch(extremes);
    const before = heapUsed();
    for (let sent = 0; sent < count && unreasonable.length < 3; sent += batch) {
      await sendBatch(fc.sample(mutated, { seed: seed + sent, numRuns: batch }));
    }
    const heapGrowthMiB = (heapUsed() - before) / 1024 / 1024;
    const requeuesAsked = service.sandbox.requests.filter(({ route }) => route === 'action');
    const whole = { how: 'not at all', body: Buffer.from(event), contentType: 'application/json' };
    const { status } = await send(url, agent, { ...whole, isChunked: true });
    return {
      unreasonable,
      statuses: [...statuses].toSorted((one, other) => one - other),
      requeuesAsked,
      unhandled,
      pollution: [Object.prototype, Array.prototype, Function.prototype].flatMap((one) => Object.keys(one)),
      heapGrowthMiB,
      afterwards: { status, requeues: service.sandbox.requeues(listedJobId) },
    };
  } finally {
    agent.destroy();
  }
}

type Answer = { status: number; contentType: string | undefined; text: string; to: string };

function isReasonable({ status, contentType, text: body }: Answer): boolean {
  const json = parse(body);
  if (status === 200 || status === 202) return contentType === 'application/json' && json !== undefined;
  return (
    [400, 413, 415, 422].includes(status) &&
    contentType === 'application/problem+json' &&
    typeof json === 'object' &&
    json !== null &&
    'status' in json &&
    json.status === status &&
    'detail' in json &&
    String(json.detail).length > 5
  );
}

/** Resolves with status 0 if there was no answer. */
async function send(url: string, agent: Agent, sent: Mutated): Promise<Answer> {
  const { body, contentType, isChunked } = sent;
  const to = describe(sent);
  try {
    const sending = request(url, {
      method: 'POST',
      agent,
      headers: {
        ...(contentType === null ? {} : { 'content-type': contentType }),
        ...(isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(body.byteLength) }),
      },
    });
    const answered = once(sending, 'response');
    const half = Math.floor(body.byteLength / 2);
    sending.write(body.subarray(0, half));
    sending.end(body.subarray(half));
    const [response]: IncomingMessage[] = await answered;
    if (!response) throw new Error('no response');
    const { statusCode: status = 0, headers } = response;
    return { status, contentType: headers['content-type'], text: await text(response), to };
  } catch (error) {
    return { status: 0, contentType: undefined, text: String(error), to };
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function describe({ how, body, contentType, isChunked }: Mutated): string {
  return `${how}, ${body.byteLength} bytes, ${contentType}, ${isChunked ? 'chunked' : 'with its length'}: ${JSON.stringify(Buffer.from(body.subarray(0, 300)).toString())}`;
}

function heapUsed(): number {
  if (typeof collectGarbage !== 'function') throw new Error('There is no gc');
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
