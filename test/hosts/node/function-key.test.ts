import { expect, test } from 'vitest';
import { listen, type NodeHost } from '../../../src/hosts/node/listen.ts';
import { testEvent } from '../../../src/sandbox/business-events.ts';
import type { Service } from '../../../src/service.ts';
import { aService, nightlyPosting } from '../../helpers/a-service.ts';

const { jobId } = nightlyPosting;

function listenOn(service: Service, functionKey: string): Promise<NodeHost> {
  return listen(service, { host: '127.0.0.1', port: 0, functionKey });
}

test.each([
  ['no key', {}, '', 401],
  ['a wrong key in the header', { 'x-functions-key': 'hunter3' }, '', 401],
  ['a key that begins like the right one', { 'x-functions-key': 'hunter' }, '', 401],
  ['a wrong key in the query', {}, '?code=hunter3', 401],
  ['an empty key', { 'x-functions-key': '' }, '?code=', 401],
  ['the key in the header', { 'x-functions-key': 'hunter 2/' }, '', 200],
  ['the key in the query', {}, `?code=${encodeURIComponent('hunter 2/')}`, 200],
])('the local host with FUNCTION_KEY answers %s as Azure would', async (_title, headers, query, status) => {
  await using service = await aService();
  const host = await listenOn(service.service, 'hunter 2/');
  try {
    const response = await fetch(`${host.url}/business-events${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: testEvent.text,
    });
    const body: unknown = await response.json();
    expect({ status: response.status, body }).toMatchObject(
      status === 200
        ? { status, body: { decision: 'ignored' } }
        : { status, body: { type: 'urn:batch-retry:problem:unauthorized', status } },
    );
    expect(JSON.stringify(body)).not.toContain('hunter');
  } finally {
    await host.close();
  }
});

test('the local host with FUNCTION_KEY asks for it on every route but those that need none', async () => {
  await using service = await aService();
  const host = await listenOn(service.service, 'hunter2');
  try {
    const answers = await Promise.all(
      service.service.routes.map(async ({ name, method, path }) => {
        const { status } = await fetch(`${host.url}/${path.replace('{jobId}', jobId)}`, { method });
        return [name, status];
      }),
    );
    const open = answers.filter(([, status]) => status !== 401);
    expect(open).toEqual([
      ['unsubscribe', 204],
      ['health', 200],
      ['ready', 200],
    ]);
    expect(answers.length).toBeGreaterThan(open.length);
  } finally {
    await host.close();
  }
});
