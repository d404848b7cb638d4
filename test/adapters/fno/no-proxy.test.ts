import { afterEach, expect, test } from 'vitest';
import { FnoHttp } from '../../../src/adapters/fno/fno-http.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { startCallbackServer } from '../../helpers/callback-server.ts';

const proxySettings = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'];
afterEach(() => {
  for (const name of proxySettings) delete process.env[name];
});

test('no proxy of the environment gets to see the token', async () => {
  await using proxy = await startCallbackServer();
  await using sandbox = await startSandbox();
  for (const name of proxySettings) process.env[name] = proxy.origin;
  const reply = await new FnoHttp(sandbox.orgUrl).send(
    { method: 'GET', path: '/data/BatchJobs(1)', token: 'secret', body: null },
    AbortSignal.timeout(5000),
  );
  expect(reply).toMatchObject({ kind: 'answered', status: 401 });
  expect(proxy.received).toEqual([]);
});
