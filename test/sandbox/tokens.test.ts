import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aClient, askForToken, aToken } from './fno-client.ts';

const list = '/data/BatchJobs';

// The real credentials remember the first endpoint that they see in a process: all here share this one.
const tenant = await startSandbox();

beforeAll(() => {
  for (const [name, value] of Object.entries(tenant.identityEnvironment)) vi.stubEnv(name, value);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await tenant.stop();
});

function status(sandbox: Sandbox, authorization?: string): Promise<number> {
  const headers = authorization === undefined ? {} : { authorization };
  return fetch(`${sandbox.orgUrl}${list}`, { headers }).then((response) => response.status);
}

test.each([
  ['ManagedIdentityCredential', () => new ManagedIdentityCredential()],
  ['DefaultAzureCredential', () => new DefaultAzureCredential()],
])('the real %s gets a token that opens the door', async (_name, create) => {
  await using sandbox = await startSandbox({ identity: tenant.identity });
  const issuedBefore = sandbox.tokensIssued;
  const credential = create();
  const { token, expiresOnTimestamp } = await credential.getToken(`${sandbox.orgUrl}/.default`);
  expect(await status(sandbox, `Bearer ${token}`)).toBe(200);
  expect(await status(tenant, `Bearer ${token}`)).toBe(401);
  expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 23 * 60 * 60 * 1000);
  expect((await credential.getToken(`${sandbox.orgUrl}/.default`)).token).toBe(token);
  expect(sandbox.tokensIssued).toBe(issuedBefore + 1);
});

test('the answer is that of App Service, the resource echoed', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock });
  const resource = `${sandbox.orgUrl}/`;
  const response = await askForToken(
    sandbox,
    `api-version=2019-08-01&resource=${encodeURIComponent(resource)}`,
  );
  expect(await response.json()).toEqual({
    access_token: expect.any(String),
    expires_on: String(clock.now().getTime() / 1000 + 24 * 60 * 60),
    resource,
    token_type: 'Bearer',
  });
});

test('no request is let in without a good token, and 401 has no body', async () => {
  await using sandbox = await startSandbox();
  const token = await aToken(sandbox);
  const response = await fetch(`${sandbox.orgUrl}${list}`);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  expect(await response.text()).toBe('');
  expect(await status(sandbox, 'Bearer made-up')).toBe(401);
  expect(await status(sandbox, token)).toBe(401);
  expect(await status(sandbox, `Bearer ${await aToken(sandbox, 'https://elsewhere.example.com')}`)).toBe(401);
  expect(await status(sandbox, `Bearer ${await aToken(sandbox, `${sandbox.orgUrl}/`)}`)).toBe(200);
  expect(
    sandbox.requests.filter(({ route }) => route === 'list').map(({ authorized }) => authorized),
  ).toEqual([false, false, false, false, true]);
});

test('an action without a good token changes nothing', async () => {
  await using sandbox = await startSandbox();
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'always-fail' } });
  await sandbox.run('1');
  const client = await aClient(sandbox);
  sandbox.revokeTokens();
  expect((await client.setToWaiting('1')).status).toBe(401);
  expect(sandbox.requeues('1')).toBe(0);
});

test('revoked tokens are refused, new ones are not', async () => {
  await using sandbox = await startSandbox();
  const old = await aToken(sandbox);
  sandbox.revokeTokens();
  expect(await status(sandbox, `Bearer ${old}`)).toBe(401);
  const fresh = await aToken(sandbox);
  expect(fresh).not.toBe(old);
  expect(await status(sandbox, `Bearer ${fresh}`)).toBe(200);
});

test('a token expires after a day', async () => {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock });
  const token = await aToken(sandbox);
  await clock.advance(24 * 60 * 60 * 1000 - 1);
  expect(await status(sandbox, `Bearer ${token}`)).toBe(200);
  await clock.advance(1);
  expect(await status(sandbox, `Bearer ${token}`)).toBe(401);
});

test('tokens are only for those who know the secret and ask properly', async () => {
  await using sandbox = await startSandbox();
  expect((await askForToken(sandbox, 'api-version=2019-08-01&resource=x', 'guess')).status).toBe(401);
  expect((await askForToken(sandbox, 'api-version=2017-09-01&resource=x')).status).toBe(400);
  expect((await askForToken(sandbox, 'api-version=2019-08-01')).status).toBe(400);
  expect(sandbox.tokensIssued).toBe(0);
});

test.each([400, 500, 503] as const)('the token endpoint can fail with %i', async (code) => {
  await using sandbox = await startSandbox();
  sandbox.faults.add({ kind: 'token-error', status: code }, { on: 'token' });
  expect((await askForToken(sandbox, 'api-version=2019-08-01&resource=x')).status).toBe(code);
  expect((await askForToken(sandbox, 'api-version=2019-08-01&resource=x')).status).toBe(200);
  expect(sandbox.tokensIssued).toBe(1);
});

test('the token endpoint can hang', async () => {
  await using sandbox = await startSandbox();
  sandbox.faults.add({ kind: 'hang' }, { on: 'token' });
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = sandbox.identityEnvironment;
  const asking = fetch(`${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=x`, {
    headers: { 'x-identity-header': IDENTITY_HEADER },
    signal: AbortSignal.timeout(50),
  });
  await expect(asking).rejects.toThrow('timeout');
  expect(sandbox.requests.at(-1)).toMatchObject({ route: 'token', status: null });
});
