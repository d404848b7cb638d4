import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { namesFno, readConfig } from '../../src/settings/config.ts';
import { SettingsError } from '../../src/settings/settings-error.ts';
import type { SettingsSource } from '../../src/settings/settings-source.ts';

const orgUrl = 'https://contoso.operations.dynamics.com';
const everyJob = '{"jobs":[{"name":"Every job","match":{"jobId":"*"}}]}';
const needed = { FNO_ORG_URL: orgUrl, RETRY_POLICY: everyJob };
const expectedAddress =
  'expected the address of F&O with https:// and nothing after the host, such as https://contoso.operations.dynamics.com.';
const expectedEnvironments =
  'expected JSON such as {"prod":{"orgUrl":"https://contoso.operations.dynamics.com"}}, names of letters, digits, "-" and "_".';

test('what is not set has its default', () => {
  expect(readConfig(needed, 'local')).toEqual({
    environments: [{ name: 'default', orgUrl, organization: null, eventGridTopic: null, isDefault: true }],
    policy: [
      {
        name: 'Every job',
        match: { jobIds: '*', description: null, environment: null, legalEntity: null },
        mode: 'retry',
        maxRetries: 5,
        resetAfterMs: 43_200_000,
        delaysMs: [0],
        giveUpAfterMs: 86_400_000,
      },
    ],
    store: { kind: 'sqlite', file: '.data/batch-retry.sqlite' },
    responseBudgetMs: 8000,
    requeuesPerMinute: 60,
    eventIds: {
      failed: 'BatchJobFailedBusinessEvent',
      finished: 'BatchJobFinishedBusinessEvent',
      started: 'BatchJobStartedBusinessEvent',
      cancelled: 'BatchJobCancelledBusinessEvent',
    },
    callbackHosts: [
      '*.logic.azure.com',
      '*.api.powerplatform.com',
      '*.logic.azure.us',
      '*.api.gov.powerplatform.microsoft.us',
      '*.api.high.powerplatform.microsoft.us',
      '*.api.appsplatform.us',
      '*.logic.azure.cn',
      '*.api.powerplatform.partner.microsoftonline.cn',
    ].map((pattern) => ({ kind: 'host', pattern })),
    eventSchemas: { check: expect.any(Function), enforce: expect.any(Function) },
    applicationInsights: null,
    host: '127.0.0.1',
    port: 7071,
    functionKey: null,
    webhookClientIds: null,
    allowedClientIds: null,
  });
});

test('what is set is read', () => {
  const config = readConfig(
    {
      ...needed,
      STORE: 'sqlite:data/jobs.sqlite',
      RESPONSE_BUDGET_MS: '5000',
      REQUEUES_PER_MINUTE: '120',
      FAILED_EVENT_ID: 'Failed',
      FINISHED_EVENT_ID: 'Finished',
      STARTED_EVENT_ID: 'Started',
      CANCELLED_EVENT_ID: 'Cancelled',
      CALLBACK_HOSTS:
        '*.Logic.azure.com, hooks.contoso.com\nhttp://127.0.0.1:8080/ https://h.contoso.com:8443',
      HOST: '0.0.0.0',
      PORT: '8080',
      FUNCTION_KEY: 'hunter2',
    },
    'local',
  );
  expect(config).toMatchObject({
    store: { kind: 'sqlite', file: 'data/jobs.sqlite' },
    responseBudgetMs: 5000,
    requeuesPerMinute: 120,
    eventIds: { failed: 'Failed', finished: 'Finished', started: 'Started', cancelled: 'Cancelled' },
    callbackHosts: [
      { kind: 'host', pattern: '*.logic.azure.com' },
      { kind: 'host', pattern: 'hooks.contoso.com' },
      { kind: 'origin', origin: 'http://127.0.0.1:8080' },
      { kind: 'origin', origin: 'https://h.contoso.com:8443' },
    ],
    host: '0.0.0.0',
    port: 8080,
    functionKey: 'hunter2',
  });
});

test('an empty setting is one that is not set, and space around a value does not count', () => {
  const spaced = { PORT: ' 8080 ', STORE: '', FUNCTION_KEY: '  ', FNO_ENVIRONMENTS: '', HOST: ' localhost ' };
  expect(readConfig({ ...needed, ...spaced, FNO_ORG_URL: ` ${orgUrl} ` }, 'local')).toMatchObject({
    environments: [{ name: 'default', orgUrl }],
    store: { kind: 'sqlite', file: '.data/batch-retry.sqlite' },
    functionKey: null,
    host: 'localhost',
    port: 8080,
  });
});

test.each([
  '*',
  '*.com',
  'com',
  'localhost',
  '127.0.0.1',
  '*.0.0.1',
  '10.1',
  'a..example.com',
  '-a.example.com',
  'hooks.contoso.com:8443',
  '*.*.example.com',
  'https://*.example.com',
  'http://hooks.contoso.com',
  'https://10.0.0.1',
  'https://[fd00::1]:8443',
  'http://169.254.169.254',
  'https://me@hooks.contoso.com',
  'https://hooks.contoso.com/path',
  'https://hooks.contoso.com.',
  'ftp://127.0.0.1',
  'http://2130706433',
])('CALLBACK_HOSTS may not hold %s', (entry) => {
  expect(problemWith({ CALLBACK_HOSTS: `*.logic.azure.com ${entry}` })).toBe(
    `CALLBACK_HOSTS: found "${entry}"; expected hosts such as *.logic.azure.com or hooks.contoso.com, or origins such as https://hooks.contoso.com:8443 (http only on this machine).`,
  );
});

test.each([
  [orgUrl, orgUrl],
  [`${orgUrl}/`, orgUrl],
  [`${orgUrl}/data`, orgUrl],
  [`${orgUrl}/data/`, orgUrl],
  ['https://CONTOSO.operations.dynamics.com:443', orgUrl],
  ['https://localhost:8080', 'https://localhost:8080'],
  ['http://localhost:8080', 'http://localhost:8080'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://127.1.2.3', 'http://127.1.2.3'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
])('FNO_ORG_URL may be %s', (given, expected) => {
  expect(readConfig({ ...needed, FNO_ORG_URL: given }, 'local').environments).toMatchObject([
    { name: 'default', orgUrl: expected },
  ]);
});

test.each([
  [
    'http://contoso.operations.dynamics.com',
    'found "http://contoso.operations.dynamics.com", which would send the token unprotected',
  ],
  [
    'http://127.0.0.1.example.com',
    'found "http://127.0.0.1.example.com", which would send the token unprotected',
  ],
  [
    'http://localhost.example.com',
    'found "http://localhost.example.com", which would send the token unprotected',
  ],
  ['ftp://contoso.operations.dynamics.com', 'found no web address'],
  [`${orgUrl}/namespaces/AXSF`, `found "${orgUrl}" with more after the host`],
  [`${orgUrl}/?cmp=usmf`, `found "${orgUrl}" with more after the host`],
  [`${orgUrl}/#mi=x`, `found "${orgUrl}" with more after the host`],
  ['contoso.operations.dynamics.com', 'found no web address'],
  ['https://', 'found no web address'],
])('FNO_ORG_URL may not be %s', (given, found) => {
  expect(problemWith({ FNO_ORG_URL: given })).toBe(`FNO_ORG_URL: ${found}; ${expectedAddress}`);
});

test('no F&O at all is a problem that names FNO_ORG_URL', () => {
  expect(problemWith({ FNO_ORG_URL: undefined })).toBe(
    'FNO_ORG_URL: not set; expected the address of F&O, such as https://contoso.operations.dynamics.com.',
  );
});

test.each([
  'https://user:hunter2@contoso.com',
  'https://hunter2@contoso.com',
  'https://:hunter2@contoso.com',
  'https://contoso.com/?key=hunter2',
  'https://contoso.com/#hunter2',
  'https://contoso.com/hunter2',
  'user:hunter2@contoso.com',
  'hunter2 @ https://contoso.com',
])('nothing secret in an address is printed: %s', (given) => {
  const problem = problemWith({ FNO_ORG_URL: given });
  expect(problem).toMatch(/^FNO_ORG_URL: found .*; expected the address of F&O with https/);
  expect(problem).not.toContain('hunter2');
  const nested = JSON.stringify({ prod: { orgUrl: given } });
  expect(problemWith({ FNO_ORG_URL: undefined, FNO_ENVIRONMENTS: nested })).not.toContain('hunter2');
});

const topic = '/subscriptions/1/resourceGroups/fno/providers/Microsoft.EventGrid/topics/prod';

test('FNO_ENVIRONMENTS may say who sends the events of each', () => {
  const FNO_ENVIRONMENTS = JSON.stringify({
    uat: { orgUrl, organization: ' contoso-uat.crm.dynamics.com ' },
    prod: { orgUrl: 'https://prod.example.com', eventGridTopic: topic },
  });
  expect(readConfig({ RETRY_POLICY: everyJob, FNO_ENVIRONMENTS }, 'local').environments).toEqual([
    {
      name: 'uat',
      orgUrl,
      organization: 'contoso-uat.crm.dynamics.com',
      eventGridTopic: null,
      isDefault: false,
    },
    {
      name: 'prod',
      orgUrl: 'https://prod.example.com',
      organization: null,
      eventGridTopic: topic,
      isDefault: false,
    },
  ]);
});

test.each([
  ['organization', 'contoso.crm.dynamics.com', 'CONTOSO.crm.dynamics.com'],
  ['eventGridTopic', topic, topic.toUpperCase()],
])('one %s in two environments stops the start', (name, one, other) => {
  const FNO_ENVIRONMENTS = JSON.stringify({
    uat: { orgUrl, [name]: one },
    prod: { orgUrl, [name]: other },
  });
  expect(problemWith({ FNO_ORG_URL: undefined, FNO_ENVIRONMENTS })).toBe(
    `FNO_ENVIRONMENTS: found one ${name} in two environments; ${expectedEnvironments}`,
  );
});

const clientId = '0f5c2c2e-31a5-4c1b-8f62-9d1f0f3e7a11';

test('ALLOWED_CLIENT_IDS names applications where App Service authentication is on', () => {
  const ALLOWED_CLIENT_IDS = `${clientId.toUpperCase()} , ${clientId}`;
  const source = { ...needed, ALLOWED_CLIENT_IDS, WEBSITE_AUTH_ENABLED: 'True' };
  expect(readConfig(source, 'azure').allowedClientIds).toEqual([clientId, clientId]);
});

test.each([
  ['what is no id', 'azure', 'batch-retry', 'True', /^ALLOWED_CLIENT_IDS: found "batch-retry", expected app/],
  ['an empty place', 'azure', `${clientId},`, 'True', /^ALLOWED_CLIENT_IDS: found .*commas between them\.$/],
  ['no sign-in by App Service', 'azure', clientId, undefined, /^ALLOWED_CLIENT_IDS: found, but .* is off/],
  ['sign-in turned off', 'azure', clientId, 'False', /or anybody could claim an id\.$/],
  [
    'the local host',
    'local',
    clientId,
    'True',
    /^ALLOWED_CLIENT_IDS: found on the local host; expected in Azure/,
  ],
] as const)(
  'ALLOWED_CLIENT_IDS with %s stops the start',
  (_title, host, ALLOWED_CLIENT_IDS, WEBSITE_AUTH_ENABLED, problem) => {
    const source = { ...needed, ALLOWED_CLIENT_IDS, WEBSITE_AUTH_ENABLED };
    expect(() => readConfig(source, host)).toThrow(problem);
  },
);

function readNamed(environments: object) {
  const FNO_ENVIRONMENTS = JSON.stringify(environments);
  return readConfig({ RETRY_POLICY: everyJob, FNO_ENVIRONMENTS }, 'local').environments;
}

test('FNO_ENVIRONMENTS names several, of which one may be the default', () => {
  const uat = { orgUrl: 'https://uat.example.com/data' };
  const prod = { orgUrl: 'https://prod.example.com' };
  expect(readNamed({ uat, prod })).toMatchObject([
    { name: 'uat', orgUrl: 'https://uat.example.com', isDefault: false },
    { name: 'prod', orgUrl: 'https://prod.example.com', isDefault: false },
  ]);
  expect(readNamed({ uat, prod: { ...prod, default: true } })).toMatchObject([
    { name: 'uat', isDefault: false },
    { name: 'prod', isDefault: true },
  ]);
  expect(readNamed({ prod })).toMatchObject([{ name: 'prod', isDefault: true }]);
});

test.each([
  ['https://contoso.operations.dynamics.com', 'https://CONTOSO.operations.dynamics.com:443/data/'],
  ['https://contoso.operations.dynamics.com', 'https://contoso.operations.dynamics.com./'],
  ['http://127.0.0.1:8080', 'https://127.0.0.1:8080'],
])('one F&O may not have two names: %s and %s', (one, other) => {
  const FNO_ENVIRONMENTS = JSON.stringify({ prod: { orgUrl: one }, live: { orgUrl: other } });
  expect(problemWith({ FNO_ORG_URL: undefined, FNO_ENVIRONMENTS })).toBe(
    `FNO_ENVIRONMENTS: found ${new URL(one).host} as the orgUrl of prod and of live; expected an F&O of its own for each.`,
  );
});

test.each([
  ['no JSON', 'prod', /text that is not JSON \(.+\)/],
  ['a list', '[]', 'JSON of another form (at the top)'],
  ['no environment', '{}', 'no environment'],
  ['no address', '{"prod":{}}', 'JSON of another form (at prod.orgUrl)'],
  ['an address alone', '{"prod":"https://prod.example.com"}', 'JSON of another form (at prod)'],
  [
    'a key that it does not know',
    '{"prod":{"orgUrl":"https://prod.example.com","tenant":"x"}}',
    'JSON of another form (at prod)',
  ],
  [
    'a name with a space',
    '{"my prod":{"orgUrl":"https://prod.example.com"}}',
    'JSON of another form (at my prod)',
  ],
  ['a name with a slash', '{"a/b":{"orgUrl":"https://prod.example.com"}}', 'JSON of another form (at a/b)'],
  [
    'two defaults',
    '{"a":{"orgUrl":"https://a.example.com","default":true},"b":{"orgUrl":"https://b.example.com","default":true}}',
    '"default": true in more than one environment',
  ],
  [
    'a default that is no truth value',
    '{"a":{"orgUrl":"https://a.example.com","default":"yes"}}',
    'JSON of another form (at a.default)',
  ],
  ['an empty name', '{"":{"orgUrl":"https://prod.example.com"}}', 'JSON of another form (at the top)'],
  [
    'a name of 41 characters',
    `{"${'a'.repeat(41)}":{"orgUrl":"https://prod.example.com"}}`,
    `JSON of another form (at ${'a'.repeat(41)})`,
  ],
  [
    'two names alike',
    '{"prod":{"orgUrl":"https://a.example.com"},"PROD":{"orgUrl":"https://b.example.com"}}',
    'two names that differ in case only',
  ],
  [
    'one name twice',
    '{"prod":{"orgUrl":"https://a.example.com"},"prod":{"orgUrl":"https://b.example.com"}}',
    /text that is not JSON \(Duplicate key 'prod'.*\)/,
  ],
])('FNO_ENVIRONMENTS may not hold %s', (_what, FNO_ENVIRONMENTS, found) => {
  const problem = problemWith({ FNO_ORG_URL: undefined, FNO_ENVIRONMENTS });
  const [start, end] = ['FNO_ENVIRONMENTS: found ', `; ${expectedEnvironments}`];
  expect(problem.startsWith(start) && problem.endsWith(end)).toBe(true);
  const middle = problem.slice(start.length, -end.length);
  expect(middle).toMatch(found);
});

test('a name may hold digits', () => {
  const FNO_ENVIRONMENTS =
    '{"2nd":{"orgUrl":"https://a.example.com"},"uat-1_x":{"orgUrl":"https://b.example.com"}}';
  const { environments } = readConfig({ RETRY_POLICY: everyJob, FNO_ENVIRONMENTS }, 'local');
  expect(environments.map(({ name }) => name)).toEqual(['2nd', 'uat-1_x']);
});

test('a wrong address in FNO_ENVIRONMENTS is named with its environment', () => {
  const FNO_ENVIRONMENTS =
    '{"prod":{"orgUrl":"https://a.example.com"},"uat":{"orgUrl":"http://b.example.com"}}';
  expect(problemWith({ FNO_ORG_URL: undefined, FNO_ENVIRONMENTS })).toBe(
    `FNO_ENVIRONMENTS, uat: found "http://b.example.com", which would send the token unprotected; ${expectedAddress}`,
  );
});

test('one address and several environments at once are one too many', () => {
  expect(problemWith({ FNO_ENVIRONMENTS: '{"prod":{"orgUrl":"https://prod.example.com"}}' })).toBe(
    'FNO_ENVIRONMENTS: found beside FNO_ORG_URL; expected only one of the two.',
  );
});

test.each([
  ['RESPONSE_BUDGET_MS', '1000', { responseBudgetMs: 1000 }],
  ['RESPONSE_BUDGET_MS', '9500', { responseBudgetMs: 9500 }],
  ['REQUEUES_PER_MINUTE', '1', { requeuesPerMinute: 1 }],
  ['REQUEUES_PER_MINUTE', ' 100000 ', { requeuesPerMinute: 100_000 }],
  ['PORT', '0', { port: 0 }],
  ['PORT', '65535', { port: 65_535 }],
])('%s may be %s', (name, value, expected) => {
  expect(readConfig({ ...needed, [name]: value }, 'local')).toMatchObject(expected);
});

test.each(['999', '9501', '8000.5', '-8000', '1e3', '8 000', 'soon', '99999999999'])(
  'RESPONSE_BUDGET_MS may not be %s',
  (value) => {
    expect(problemWith({ RESPONSE_BUDGET_MS: value })).toBe(
      `RESPONSE_BUDGET_MS: found "${value}", expected milliseconds from 1000 to 9500 (F&O gives up at 10000).`,
    );
  },
);

test.each(['0', '100001', '-1', '1.5', '60/min', 'many'])('REQUEUES_PER_MINUTE may not be %s', (value) => {
  expect(problemWith({ REQUEUES_PER_MINUTE: value })).toBe(
    `REQUEUES_PER_MINUTE: found "${value}", expected a number from 1 to 100000.`,
  );
});

test.each(['65536', '-1', '80.5', 'http'])('PORT may not be %s', (value) => {
  expect(problemWith({ PORT: value })).toBe(`PORT: found "${value}", expected a port from 0 to 65535.`);
});

test('each wrong setting has a line of its own', () => {
  expect(problemWith({ PORT: 'x', RESPONSE_BUDGET_MS: 'y' }).split('\n')).toEqual([
    'RESPONSE_BUDGET_MS: found "y", expected milliseconds from 1000 to 9500 (F&O gives up at 10000).',
    'PORT: found "x", expected a port from 0 to 65535.',
  ]);
});

test('wrong settings of all kinds are told of at one start', () => {
  const several = { FNO_ORG_URL: 'x', RETRY_POLICY: '{"jobs":{}}', HOST: '0.0.0.0' };
  expect(problemWith(several).split('\n')).toEqual([
    `FNO_ORG_URL: found no web address; ${expectedAddress}`,
    'RETRY_POLICY: at jobs: Invalid input: expected array, received object.',
    'FUNCTION_KEY: not set; expected a key, because HOST lets other machines call.',
  ]);
});

test.each(['azure', 'local'] as const)('STORE may name either store, on the host %s', (host) => {
  const storeOf = (STORE: string) => readConfig({ ...needed, STORE }, host).store;
  expect(storeOf('azure')).toEqual({ kind: 'azure' });
  expect(storeOf('sqlite:/home/data/jobs.sqlite')).toEqual({
    kind: 'sqlite',
    file: '/home/data/jobs.sqlite',
  });
  expect(storeOf('sqlite::memory:')).toEqual({ kind: 'sqlite', file: ':memory:' });
  expect(storeOf('sqlite:C:\\data\\my jobs.sqlite')).toEqual({
    kind: 'sqlite',
    file: 'C:\\data\\my jobs.sqlite',
  });
});

test('unless STORE is set, the store is Azure Storage in Azure and a SQLite file elsewhere', () => {
  expect(readConfig(needed, 'azure').store).toEqual({ kind: 'azure' });
  expect(readConfig({ ...needed, STORE: ' ' }, 'azure').store).toEqual({ kind: 'azure' });
  expect(readConfig(needed, 'local').store).toEqual({ kind: 'sqlite', file: '.data/batch-retry.sqlite' });
});

test.each([
  'jobs.sqlite',
  'sqlite:',
  'sqlite: ',
  'Azure',
  'azure:',
  'azure-storage',
  'postgres://x',
  'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=hunter2',
])('STORE may not be %j, and is not shown, for a connection string holds a key', (value) => {
  expect(problemWith({ STORE: value })).toBe('STORE: found something else, expected azure or sqlite:<file>.');
});

test('a host that others can reach needs a key, except in Azure, which asks for its own', () => {
  expect(problemWith({ HOST: '0.0.0.0' })).toBe(
    'FUNCTION_KEY: not set; expected a key, because HOST lets other machines call.',
  );
  expect(readConfig({ ...needed, HOST: '0.0.0.0', FUNCTION_KEY: 'k' }, 'local').functionKey).toBe('k');
  expect(readConfig({ ...needed, HOST: '0.0.0.0' }, 'azure').functionKey).toBeNull();
});

test.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('on %s alone no key is needed', (host) => {
  expect(readConfig({ ...needed, HOST: host }, 'local')).toMatchObject({ host, functionKey: null });
});

test('a key is not printed, whatever else is wrong', () => {
  expect(problemWith({ FUNCTION_KEY: 'hunter2', PORT: 'x', STORE: 'y' })).not.toContain('hunter2');
  expect(problemWith({ FUNCTION_KEY: 'hunter2', FNO_ORG_URL: 'x' })).not.toContain('hunter2');
});

test('RETRY_POLICY may be the path of a policy', () => {
  const path = fileURLToPath(new URL('../fixtures/retry-policy.json', import.meta.url));
  expect(readConfig({ ...needed, RETRY_POLICY: path }, 'local').policy).toMatchObject([
    { name: 'Nightly posting', maxRetries: 3, match: { jobIds: ['5637144576'] } },
    { name: 'Everything else', mode: 'shadow', match: { jobIds: '*' } },
  ]);
});

test('a policy file may begin with a byte-order mark, as Windows editors write it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'));
  try {
    const path = join(folder, 'policy.json');
    writeFileSync(path, `\uFEFF${everyJob}`);
    expect(readFileSync(path).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(readConfig({ ...needed, RETRY_POLICY: path }, 'local').policy).toMatchObject([
      { name: 'Every job' },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a policy file that is not there is named', () => {
  expect(problemWith({ RETRY_POLICY: 'nowhere/policy.json' })).toBe(
    'RETRY_POLICY: found no readable file "nowhere/policy.json"; expected the path of the policy, or its JSON.',
  );
  expect(problemWith({ RETRY_POLICY: undefined })).toMatch(
    /^RETRY_POLICY: found no readable file "retry-policy\.json"/,
  );
});

test('a problem in a policy names its place, and the file if it is one', () => {
  expect(problemWith({ RETRY_POLICY: '{"jobs":[{"name":"a","match":{"environment":"uat"}}]}' })).toBe(
    'RETRY_POLICY: at jobs[0].match.environment: "uat" is not configured; known: default.',
  );
  const path = fileURLToPath(new URL('../fixtures/batch-job-failed.json', import.meta.url));
  expect(problemWith({ RETRY_POLICY: path }).split('\n')).toContain(
    `RETRY_POLICY, file ${path}: at jobs: Invalid input: expected array, received undefined.`,
  );
});

test.each([
  '{"jobs":[{"name":"hunter2","match":{}}]}',
  '{"jobs":[{"name":"hunter2"',
  '{"jobs":"hunter2"}',
  '[{"name":"hunter2","match":{"jobId":"*"}}]',
  '"hunter2"',
])('the content of a policy that is given as JSON is not printed: %s', (content) => {
  const problem = problemWith({ RETRY_POLICY: content });
  expect(problem).toMatch(/^RETRY_POLICY: /);
  expect(problem).not.toContain('hunter2');
});

test('settings name an F&O if they name one or several', () => {
  expect(namesFno({})).toBe(false);
  expect(namesFno({ FNO_ORG_URL: ' ', FNO_ENVIRONMENTS: '' })).toBe(false);
  expect(namesFno({ FNO_ORG_URL: orgUrl })).toBe(true);
  expect(namesFno({ FNO_ENVIRONMENTS: '{}' })).toBe(true);
});

/** What is wrong with the needed settings after these changes. */
function problemWith(changes: SettingsSource, host: 'azure' | 'local' = 'local'): string {
  try {
    readConfig({ ...needed, ...changes }, host);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'nothing is wrong';
}

const connectionString =
  'InstrumentationKey=00000000-0000-4000-8000-000000000000;IngestionEndpoint=https://westeurope-1.in.applicationinsights.azure.com/';
const identityId = '11111111-1111-4111-8111-111111111111';

test.each([
  [undefined, null],
  ['Authorization=AAD', { clientId: null }],
  [`Authorization=AAD;ClientId=${identityId}`, { clientId: identityId }],
  [`ClientId=${identityId};Authorization=AAD`, { clientId: identityId }],
])('telemetry is signed in with %s as %j', (APPLICATIONINSIGHTS_AUTHENTICATION_STRING, identity) => {
  const given = {
    ...needed,
    APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING,
  };
  expect(readConfig(given, 'azure').applicationInsights).toEqual({ connectionString, identity });
});

test('a connection string for telemetry that is none is told of, and not printed', () => {
  const given = { ...needed, APPLICATIONINSIGHTS_CONNECTION_STRING: 'AccountKey=c2VjcmV0' };
  const expected =
    'APPLICATIONINSIGHTS_CONNECTION_STRING: found something else, expected InstrumentationKey=…;IngestionEndpoint=….';
  expect(() => readConfig(given, 'azure')).toThrow(new SettingsError([expected]));
});
