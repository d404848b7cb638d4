import { expect, test } from 'vitest';
import { namesFno, readConfig } from '../../src/settings/config.ts';
import { everyJobJson, expectedAddress, needed, orgUrl, problemWith } from './needed-settings.ts';

const expectedEnvironments =
  'expected JSON such as {"prod":{"orgUrl":"https://contoso.operations.dynamics.com"}}, names of letters, digits, "-" and "_".';

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
  expect(readConfig({ RETRY_POLICY: everyJobJson, FNO_ENVIRONMENTS }, 'local').environments).toEqual([
    {
      name: 'uat',
      orgUrl,
      organization: 'contoso-uat.crm.dynamics.com',
      eventGridTopic: null,
      isDefault: false,
      sendsEvents: null,
      telemetry: null,
    },
    {
      name: 'prod',
      orgUrl: 'https://prod.example.com',
      organization: null,
      eventGridTopic: topic,
      isDefault: false,
      sendsEvents: null,
      telemetry: null,
    },
  ]);
});

const telemetry = { workspaceId: '7d5a1f0e-6c0b-4f3e-9a51-0f6d3c2e8b14' };
const resource = { resourceId: topic.replace('Microsoft.EventGrid/topics', 'microsoft.insights/components') };

test.each([
  [telemetry, { kind: 'workspace', ...telemetry }],
  [resource, { kind: 'resource', ...resource }],
])('an environment may name its telemetry: %j', (given, read) => {
  const FNO_ENVIRONMENTS = JSON.stringify({ prod: { orgUrl, telemetry: given } });
  expect(readConfig({ RETRY_POLICY: everyJobJson, FNO_ENVIRONMENTS }, 'local').environments).toMatchObject([
    { telemetry: read },
  ]);
});

test.each([
  { workspaceId: 'my-workspace' },
  { workspaceId: telemetry.workspaceId, ...resource },
  { resourceId: '/subscriptions/1' },
  { resourceId: '../../v1/workspaces/x' },
  {},
  'x',
])('a telemetry that is %j stops the start', (given) => {
  const FNO_ENVIRONMENTS = JSON.stringify({ prod: { orgUrl, telemetry: given } });
  expect(() => readConfig({ RETRY_POLICY: everyJobJson, FNO_ENVIRONMENTS }, 'local')).toThrow(
    'FNO_ENVIRONMENTS: found JSON of another form (at prod.telemetry',
  );
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

function readNamed(environments: object) {
  const FNO_ENVIRONMENTS = JSON.stringify(environments);
  return readConfig({ RETRY_POLICY: everyJobJson, FNO_ENVIRONMENTS }, 'local').environments;
}

test('FNO_ENVIRONMENTS names several, of which one may be the default', () => {
  const uat = { orgUrl: 'https://uat.example.com/data' };
  const prod = { orgUrl: 'https://prod.example.com' };
  expect(readNamed({ uat, prod })).toMatchObject([
    { name: 'uat', orgUrl: 'https://uat.example.com', isDefault: false, sendsEvents: null },
    { name: 'prod', orgUrl: 'https://prod.example.com', isDefault: false, sendsEvents: null },
  ]);
  expect(readNamed({ uat, prod: { ...prod, default: true } })).toMatchObject([
    { name: 'uat', isDefault: false, sendsEvents: null },
    { name: 'prod', isDefault: true, sendsEvents: null },
  ]);
  expect(readNamed({ prod })).toMatchObject([{ name: 'prod', isDefault: true, sendsEvents: null }]);
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
  const { environments } = readConfig({ RETRY_POLICY: everyJobJson, FNO_ENVIRONMENTS }, 'local');
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

test('settings name an F&O if they name one or several', () => {
  expect(namesFno({})).toBe(false);
  expect(namesFno({ FNO_ORG_URL: ' ', FNO_ENVIRONMENTS: '' })).toBe(false);
  expect(namesFno({ FNO_ORG_URL: orgUrl })).toBe(true);
  expect(namesFno({ FNO_ENVIRONMENTS: '{}' })).toBe(true);
});
