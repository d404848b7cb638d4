import { expect, test } from 'vitest';
import { requireAllowedClient } from '../../src/http/allowed-clients.ts';
import { Problem } from '../../src/http/problem.ts';
import { startFunctionsApp } from '../hosts/start-functions-app.ts';
import { routeRequest } from '../helpers/ask-route.ts';

const allowed = '0f5c2c2e-31a5-4c1b-8f62-9d1f0f3e7a11';
const other = '11111111-2222-3333-4444-555555555555';

/** As App Service writes it. */
function principal(claims: unknown, more: object = {}): string {
  return Buffer.from(JSON.stringify({ auth_typ: 'aad', claims, ...more })).toString('base64');
}

function outcome(header: string | null, ids: readonly string[] | null = [allowed]): number {
  const headers = header === null ? {} : { 'X-MS-CLIENT-PRINCIPAL': header };
  try {
    requireAllowedClient(routeRequest(new Request('http://127.0.0.1/api/batch-jobs', { headers })), ids);
    return 200;
  } catch (error) {
    if (error instanceof Problem) return error.details.status;
    throw error;
  }
}

const oid = { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: allowed };

test.each([
  ['an allowed application, by a token of version 1', principal([oid, { typ: 'appid', val: allowed }]), 200],
  [
    'an allowed application, by a token of version 2',
    principal([{ typ: 'azp', val: allowed.toUpperCase() }]),
    200,
  ],
  ['another application', principal([{ typ: 'appid', val: other }]), 403],
  [
    'two applications at once',
    principal([
      { typ: 'appid', val: allowed },
      { typ: 'azp', val: other },
    ]),
    403,
  ],
  ['a user without an application', principal([oid, { typ: 'name', val: allowed }]), 403],
  ['another identity provider', principal([{ typ: 'appid', val: allowed }], { auth_typ: 'github' }), 403],
  ['claims that are none', principal({ appid: allowed }), 403],
  ['a claim without a value', principal([{ typ: 'appid' }, null, 7]), 403],
  ['what is no JSON', Buffer.from('{').toString('base64'), 403],
  ['what is no base64', '%%%', 403],
  ['nobody who is signed in', null, 403],
])('with ALLOWED_CLIENT_IDS, %s is answered so', (_title, header, status) => {
  expect(outcome(header)).toBe(status);
});

test('without ALLOWED_CLIENT_IDS the key is enough', () => {
  expect(outcome(null, null)).toBe(200);
});

test.each([
  ['ALLOWED_CLIENT_IDS', (name: string) => !name.startsWith('business-events')],
  ['WEBHOOK_CLIENT_IDS', (name: string) => name.startsWith('business-events')],
] as const)('by %s its routes that need the key ask who calls, and no others', async (setting, isAsking) => {
  await using app = await startFunctionsApp(new URL('../../src/hosts/azure/main.ts', import.meta.url), {
    FNO_ORG_URL: 'https://contoso.operations.dynamics.com',
    RETRY_POLICY: '{"jobs":[]}',
    STORE: 'sqlite::memory:',
    [setting]: allowed,
    WEBSITE_AUTH_ENABLED: 'True',
  });
  const call = async (route: string, method: string, headers = {}) =>
    (await fetch(`${app.url}/${route.replaceAll(/\{\w+\}/g, '7')}`, { method, headers })).status;
  const http = app.functions.filter(({ route }) => route !== undefined);
  expect(http.length).toBeGreaterThan(6);
  const forbidden: string[] = [];
  for (const { name, route = '', methods } of http) {
    if ((await call(route, methods[0] ?? '')) === 403) forbidden.push(name);
  }
  const withKey = http.filter(({ name, authLevel }) => authLevel === 'function' && isAsking(name));
  expect(forbidden).toEqual(withKey.map(({ name }) => name));
  const header = { 'x-ms-client-principal': principal([{ typ: 'azp', val: allowed }]) };
  expect(await call('batch-jobs', 'GET', header)).toBe(200);
});
