import { expect, test } from 'vitest';
import { readConfig } from '../../src/settings/config.ts';
import { SettingsError } from '../../src/settings/settings-error.ts';
import { needed } from './needed-settings.ts';

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

test('a connection string for telemetry that is none is named, and not printed', () => {
  const given = { ...needed, APPLICATIONINSIGHTS_CONNECTION_STRING: 'AccountKey=c2VjcmV0' };
  const expected =
    'APPLICATIONINSIGHTS_CONNECTION_STRING: found something else, expected InstrumentationKey=…;IngestionEndpoint=….';
  expect(() => readConfig(given, 'azure')).toThrow(new SettingsError([expected]));
});
