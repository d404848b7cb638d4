import { afterAll, beforeAll, expect, test } from 'vitest';
import { aFailure, nightlyPosting, readAnswer } from '../helpers/a-service.ts';
import { type Azurite, startAzurite } from '../helpers/azurite.ts';
import { type AzuriteProxy, startProxy } from '../helpers/azurite-proxy.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { type BothHosts, type Host, startBothHosts } from './both-hosts.ts';

/**
 * Azure Storage does what it is asked and answers 503. What the webhook answers then, how often F&O got a request,
 * what the next delivery is answered, and the one after the claim's 30 s. In the end one requeue is accepted and
 * counted, always.
 */
const table = `
503 in answer to                    | answer          | F&O got | next          | after 30 s
nothing                             | 200 requeued    | 1       | 200 duplicate | 200 duplicate
the message to the work queue       | 200 requeued    | 1       | 200 duplicate | 200 duplicate
the job's row in the list           | 200 requeued    | 1       | 200 duplicate | 200 duplicate
the claim                           | 200 requeued    | 1       | 200 duplicate | 200 duplicate
what became of the request          | 200 requeued    | 1       | 200 duplicate | 200 duplicate
the reading of the job's record     | 200 requeued    | 1       | 200 duplicate | 200 duplicate
every try of the message            | 503 unavailable | 0       | 200 requeued  | 200 duplicate
every try of the claim              | 503 unavailable | 0       | 202 duplicate | 200 requeued
every try of what became of it      | 202 deferred    | 1       | 200 duplicate | 200 duplicate
`;

const isMessage = (method: string, path: string) => method === 'POST' && path.includes('/messages');
const isListed = (_method: string, path: string) => path.includes('/BatchRetryJobs(');
const isRead = (method: string, path: string) => method === 'GET' && path.includes('/BatchRetry(');
const isWrite = (_method: string, path: string) => path.includes('/$batch');
/** The claim, and the leave for it, are written at the same time, and what became of it afterwards. */
const claimWrites = 2;
/** How often a request is tried. */
const tries = 3;

/** Spoils so many answers, but not the first ones. */
type Spoilt = { matches: (method: string, path: string) => boolean; after?: number; times: number };
const spoilt: Record<string, Spoilt | null> = {
  nothing: null,
  'the message to the work queue': { matches: isMessage, times: 1 },
  "the job's row in the list": { matches: isListed, times: 1 },
  'the claim': { matches: isWrite, times: claimWrites },
  'what became of the request': { matches: isWrite, after: claimWrites, times: 1 },
  "the reading of the job's record": { matches: isRead, times: 1 },
  'every try of the message': { matches: isMessage, times: tries },
  'every try of the claim': { matches: isWrite, times: claimWrites * tries },
  'every try of what became of it': { matches: isWrite, after: claimWrites, times: tries },
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

let jobs = 0;
test.each(rows)(
  'on both hosts Azure Storage commits and answers 503 to %s: %s',
  async (name = '', ...cells) => {
    const setup = { storageConnection: azurite.connectionString(proxies.tables.url, proxies.queues.url) };
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
  const event = await aFailure(host.service, jobId);
  await readAnswer(await fetch(`${host.url}/batch-jobs`));
  for (const proxy of Object.values(proxies)) if (spoils) spoil(proxy, spoils);

  const answer = await deliver(host, event);
  for (const proxy of Object.values(proxies)) proxy.heal();
  const got = sandbox.requests.filter(({ route }) => route === 'action').length;
  const next = await deliver(host, event);
  if (clock instanceof ManualClock) await clock.advance(31_000);
  const last = await deliver(host, event);

  const { body } = await readAnswer(await fetch(`${host.url}/batch-jobs/${jobId}`));
  expect({ requeues: sandbox.requeues(jobId), retriesUsed: body['retriesUsed'] }).toEqual({
    requeues: 1,
    retriesUsed: 1,
  });
  return [answer, String(got), next, last];
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
