import { afterAll, beforeAll, expect, test } from 'vitest';
import { serializeWork, type WorkItem } from '../../src/ports/work-item.ts';
import type { WorkQueue } from '../../src/ports/work-queue.ts';
import { failureEvent, nightlyPosting, readAnswer } from '../helpers/a-service.ts';
import { type AzuriteProxy, startProxy } from '../helpers/azurite-proxy.ts';
import { type Azurite, startAzurite } from '../helpers/azurite.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { type BothHosts, type Host, startBothHosts } from './both-hosts.ts';

/**
 * Azure Storage does what it is asked and answers 503. What the webhook answers then, how many requests F&O got, what
 * the next delivery is answered, and what the job's history says once the wake-up of the claim was handed out after
 * its 35 s. In the end one requeue is accepted and counted, always.
 */
const table = `
503 in answer to                    | answer          | F&O got | next          | after 35 s
nothing                             | 200 requeued    | 1       | 200 duplicate | requeued
the message to the work queue       | 503 unavailable | 0       | 202 duplicate | requeued
the job's row in the list           | 200 requeued    | 1       | 200 duplicate | requeued
the claim                           | 200 requeued    | 1       | 200 duplicate | requeued
the outcome of the request          | 200 requeued    | 1       | 200 duplicate | requeued
the reading of the job's record     | 200 requeued    | 1       | 200 duplicate | requeued
every try of the claim              | 503 unavailable | 0       | 202 duplicate | requeued
every write of the outcome          | 202 deferred    | 1       | 200 duplicate | requeued
`;

const isMessage = (method: string, path: string) => method === 'POST' && path.includes('/messages');
const isListed = (_method: string, path: string) => path.includes('/BatchRetryJobs(');
const isRead = (method: string, path: string) => method === 'GET' && path.includes('/BatchRetry(');
const isWrite = (_method: string, path: string) => path.includes('/$batch');
/** The claim, and the permit for it, are written at the same time, and the outcome afterwards. */
const claimWrites = 2;
/** How often a request is tried, but that of a message, which is sent once. */
const tries = 3;

/** Spoils so many answers, but not the first ones. */
type Spoilt = { matches: (method: string, path: string) => boolean; after?: number; times: number };
const spoilt: Record<string, Spoilt | null> = {
  nothing: null,
  'the message to the work queue': { matches: isMessage, times: 1 },
  "the job's row in the list": { matches: isListed, times: 1 },
  'the claim': { matches: isWrite, times: claimWrites },
  'the outcome of the request': { matches: isWrite, after: claimWrites, times: 1 },
  "the reading of the job's record": { matches: isRead, times: 1 },
  'every try of the claim': { matches: isWrite, times: claimWrites * tries },
  'every write of the outcome': { matches: isWrite, after: claimWrites, times: tries },
};

const rows = table
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));

let hosts: BothHosts;
let azurite: Azurite;
let proxies: { tables: AzuriteProxy; queues: AzuriteProxy };
beforeAll(async () => {
  [hosts, azurite] = await Promise.all([startBothHosts(), startAzurite()]);
  const [tables, queues] = await Promise.all([startProxy(azurite.tableUrl), startProxy(azurite.queueUrl)]);
  proxies = { tables, queues };
});
afterAll(async () => {
  await Promise.all([hosts.close(), proxies.tables.stop(), proxies.queues.stop()]);
  await azurite.stop();
});

/** What was enqueued, whatever the queue answered: Azurite delays by the time of this machine, and not by the test's. */
const enqueued: WorkItem[] = [];
const wrapQueue = (queue: WorkQueue): WorkQueue => {
  const enqueue = queue.enqueue.bind(queue);
  queue.enqueue = (item, options) => {
    enqueued.push(item);
    return enqueue(item, options);
  };
  return queue;
};

let jobs = 0;
test.each(rows)(
  'on both hosts Azure Storage commits and answers 503 to %s: %s',
  async (name = '', ...cells) => {
    const storageConnection = azurite.connectionString(proxies.tables.url, proxies.queues.url);
    const setup = { storageConnection, wrapQueue };
    const { onNode, onAzure } = await hosts.onBoth(setup, (host) => play(host, spoilt[name] ?? null));
    expect(onNode).toEqual(cells);
    expect(onAzure).toEqual(cells);
  },
);

/** The cells of one row, as they come to be. */
async function play(host: Host, spoils: Spoilt | null): Promise<string[]> {
  const { sandbox, clock } = host.service;
  const jobId = String(5_637_144_600 + jobs++);
  sandbox.addJob({ ...nightlyPosting, jobId });
  const event = await failureEvent(host.service, jobId);
  await readAnswer(await fetch(`${host.url}/batch-jobs`));
  for (const proxy of Object.values(proxies)) if (spoils) spoil(proxy, spoils);

  const answer = await deliver(host, event);
  for (const proxy of Object.values(proxies)) proxy.heal();
  const got = sandbox.requests.filter(({ route }) => route === 'action').length;
  const next = await deliver(host, event);
  if (clock instanceof ManualClock) await clock.advance(36_000);
  for (const item of enqueued.splice(0)) await handOut(host, item);

  const { body } = await readAnswer(await fetch(`${host.url}/batch-jobs/${jobId}`));
  expect({ requeues: sandbox.requeues(jobId), retriesUsed: body['retriesUsed'] }).toEqual({
    requeues: 1,
    retriesUsed: 1,
  });
  const { value } = (await readAnswer(await fetch(`${host.url}/batch-jobs/${jobId}/history`))).body;
  expect(value).toMatchObject([{ decision: 'requeued' }]);
  return [answer, String(got), next, String(body['state'])];
}

async function handOut({ service }: Host, item: WorkItem): Promise<void> {
  const message = { value: JSON.parse(serializeWork(item)), deliveryCount: 1, receipt: null };
  await service.service.consumeWorkMessage(message);
}

function spoil(proxy: AzuriteProxy, { matches, after = 0, times }: Spoilt): void {
  const all = Array.from({ length: after + times }, (_, index) => (index < after ? 'none' : { status: 503 }));
  proxy.spoil(matches, ...all);
}

async function deliver({ url }: Host, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await readAnswer(await fetch(`${url}/business-events`, { method: 'POST', headers, body }));
  return `${answer.status} ${String(answer.status === 503 ? 'unavailable' : answer.body['decision'])}`;
}
