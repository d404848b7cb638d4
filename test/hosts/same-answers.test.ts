import { afterAll, beforeAll, expect, test } from 'vitest';
import { nightlyPosting } from '../helpers/a-service.ts';
import { askedRows } from './asked-rows.ts';
import { ask, callbackUrl, failsAgain, fiveFailures, fiveJobs, path } from './asking.ts';
import { type BothHosts, startBothHosts } from './both-hosts.ts';
import { deliveredRows } from './delivered-rows.ts';

const { jobId } = nightlyPosting;

let hosts: BothHosts;
beforeAll(async () => {
  hosts = await startBothHosts();
});
afterAll(() => hosts.close());

test.each([...deliveredRows, ...askedRows])(
  'both hosts answer the same: %s',
  async (_title, expected, send, setup) => {
    const { onNode, onAzure } = await hosts.onBoth(setup, ({ url, service }) =>
      send((request) => ask(url, request), service),
    );

    expect(onAzure).toEqual(onNode);
    const isProblem = expected.status >= 400;
    expect({ ...onNode, body: JSON.parse(onNode.body) }).toMatchObject({
      contentType: isProblem ? 'application/problem+json' : 'application/json',
      retryAfter: expected.status === 503 ? '5' : null,
      ...expected,
      ...(isProblem ? { body: { status: expected.status, ...Object(expected.body) } } : {}),
    });
    expect(onNode.body).not.toContain('secret-of-the-inside');
  },
);

test.each([
  ['jobs', 'batch-jobs?limit=2', [2, 2, 1]],
  ['the jobs of an environment', 'batch-jobs?environment=default&limit=4', [4, 1]],
  ['jobs that fill their last page', 'batch-jobs?limit=5', [5]],
  ['history', `batch-jobs/${jobId}/history?limit=1`, [1, 1, 1]],
])('both hosts page through %s to the end by the same links', async (_title, first, sizes) => {
  const { onNode, onAzure } = await hosts.onBoth(fiveJobs, async ({ url, service }) => {
    await fiveFailures((request) => ask(url, request), service);
    for (const number of [20, 21]) {
      await ask(url, { path, body: await failsAgain(service.sandbox, number) });
    }
    return pagesFrom(url, first);
  });

  expect(onAzure).toEqual(onNode);
  expect(onNode.map(({ value }) => value.length)).toEqual(sizes);
  const values = onNode.flatMap(({ value }) => value.map((one) => JSON.stringify(one)));
  expect(new Set(values).size).toBe(sizes.reduce((sum, size) => sum + size));
});

async function pagesFrom(url: string, first: string) {
  const pages: { value: unknown[]; nextLink?: string }[] = [];
  for (let next: string | undefined = `${url}/${first}`; next !== undefined && pages.length < 10;) {
    const response = await fetch(next);
    const page: { value: unknown[]; nextLink?: string } = JSON.parse(await response.text());
    next = page.nextLink;
    pages.push(next === undefined ? page : { ...page, nextLink: next.replace(url, 'url') });
  }
  return pages;
}

test('a link to the next page leads to the host that gave it, and carries no key', async () => {
  const { onNode, onAzure } = await hosts.onBoth(fiveJobs, async ({ url, service }) => {
    await fiveFailures((request) => ask(url, request), service);
    const response = await fetch(`${url}/batch-jobs?limit=4&code=hunter2&Code=hunter2`);
    const { nextLink }: { nextLink: string } = JSON.parse(await response.text());
    return nextLink.replace(url, 'url');
  });
  expect(onNode).toMatch(/^url\/batch-jobs\?limit=4&after=default%2F\d+$/);
  expect(onAzure).toBe(onNode);
});

test('both hosts end a subscription by the address that it was given, without a key, also twice', async () => {
  const { onNode, onAzure } = await hosts.onBoth(undefined, async ({ url, service: { subscriptions } }) => {
    const body = JSON.stringify({ callbackUrl });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/subscriptions?code=hunter2`, { method: 'POST', headers, body });
    const location = response.headers.get('location') ?? '';
    const kept = [(await subscriptions.list()).length];
    const ended: unknown[] = [];
    for (let times = 0; times < 2; times++) {
      const { status, body: empty } = await fetch(location, { method: 'DELETE' });
      ended.push([status, empty]);
      kept.push((await subscriptions.list()).length);
    }
    return { location: location.replace(url, 'url'), ended, kept };
  });
  expect(onNode).toEqual({
    location: expect.stringMatching(/^url\/subscriptions\/[\w-]+$/),
    ended: [
      [204, null],
      [204, null],
    ],
    kept: [1, 0, 0],
  });
  expect(onAzure).toEqual({ ...onNode, location: expect.stringMatching(/^url\/subscriptions\/[\w-]+$/) });
});

test.each([
  ['GET', 'business-event'],
  ['GET', ''],
  ['GET', 'batch-jobs/5637144576/history/1'],
  ['GET', 'business-events'],
  ['DELETE', 'batch-jobs/5637144576'],
])(
  'both hosts answer %s of /api/%s with 404, and on Azure the platform answers, without our body',
  async (method, path) => {
    const { onNode, onAzure } = await hosts.onBoth(undefined, ({ url }) => ask(url, { method, path }));
    expect(onNode).toMatchObject({ status: 404, contentType: 'application/problem+json' });
    expect(onNode.body).toContain(`There is no ${method} /api`);
    expect(onAzure.status).toBe(404);
  },
);
