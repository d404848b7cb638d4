import { expect, test } from 'vitest';
import { readConfig } from '../../src/settings/config.ts';
import { needed } from './needed-settings.ts';

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
