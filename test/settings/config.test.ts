import { expect, test } from 'vitest';
import { readConfig } from '../../src/settings/config.ts';
import { expectedAddress, needed, orgUrl, problemWith } from './needed-settings.ts';

test('what is not set has its default', () => {
  expect(readConfig(needed, 'local')).toEqual({
    environments: [
      {
        name: 'default',
        orgUrl,
        organization: null,
        eventGridTopic: null,
        isDefault: true,
        sendsEvents: null,
        telemetry: null,
      },
    ],
    policy: [
      {
        name: 'Every job',
        match: { jobIds: '*', description: null, environment: null, legalEntity: null },
        mode: 'retry',
        maxRetries: 5,
        resetAfterMs: 43_200_000,
        delaysMs: [0],
        giveUpAfterMs: 86_400_000,
        expect: { maxDurationMs: null, minDurationMs: null, startWithinMs: null },
      },
    ],
    store: { kind: 'sqlite', file: '.data/batch-retry.sqlite' },
    responseBudgetMs: 8000,
    requeuesPerMinute: 60,
    watch: { everyMinutes: 5, withoutEvents: [] },
    errorTextField: null,
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
    errorTextField: null,
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

test('wrong settings of all kinds are named at one start', () => {
  const several = { FNO_ORG_URL: 'x', RETRY_POLICY: '{"jobs":{}}', HOST: '0.0.0.0', PORT: 'y' };
  expect(problemWith(several).split('\n')).toEqual([
    'PORT: found "y", expected a port from 0 to 65535.',
    `FNO_ORG_URL: found no web address; ${expectedAddress}`,
    'RETRY_POLICY: at jobs: Invalid input: expected array, received object.',
    'FUNCTION_KEY: not set; expected a key, because HOST lets other machines call.',
  ]);
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
