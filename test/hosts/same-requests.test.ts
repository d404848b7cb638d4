import { afterAll, beforeAll, expect, test } from 'vitest';
import { aService, nightlyPosting } from '../helpers/a-service.ts';
import { type BothHosts, type Host, startBothHosts } from './both-hosts.ts';
import { playRequest, type SeenAnswer } from './play-requests.ts';
import { goodRequests, requests } from './requests.ts';

let hosts: BothHosts;
let onNode: SeenAnswer[];
let onAzure: SeenAnswer[];

beforeAll(async () => {
  hosts = await startBothHosts();
  ({ onNode, onAzure } = await hosts.onBoth(undefined, playAll));
});
afterAll(() => hosts.close());

async function playAll({ url, service }: Host): Promise<SeenAnswer[]> {
  await service.sandbox.run(nightlyPosting.jobId);
  const answers: SeenAnswer[] = [];
  for (const asked of requests) answers.push(await playRequest(url, asked));
  return answers;
}

test('the list has 140 requests, and one that is taken for each route', async () => {
  expect(requests).toHaveLength(140);
  await using service = await aService();
  const names = service.service.routes.map(({ name }) => name);
  expect(Object.keys(goodRequests).toSorted()).toEqual(names.toSorted());
});

const numbered = requests.map((asked, index) => ({ ...asked, index }));

test.each(numbered.filter(({ isUnrouted }) => !isUnrouted))(
  'both hosts answer alike: $title ($method)',
  ({ index }) => {
    expect(onAzure[index]).toEqual(onNode[index]);
    expect(onNode[index]?.body).not.toMatch(/There is no [A-Z]+ \/api/);
  },
);

test.each(numbered.filter(({ isUnrouted }) => isUnrouted))(
  'on Azure the platform answers, without our body: $title ($method)',
  ({ index, method }) => {
    expect(onNode[index]).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(onNode[index]?.body).toContain(method === 'HEAD' ? '' : `There is no ${method} /api`);
    expect(onAzure[index]).toEqual({ status: 404, headers: {}, body: '' });
  },
);
