import { expect, test } from 'vitest';
import { explainSignIn } from '../../../../src/adapters/fno/explain-sign-in.ts';
import { entraError } from '../../../helpers/fake-sign-in.ts';
import { application, messageOf, outcomesOf, withFakeSignIn } from './fno-that-signs-in.ts';

const fno = withFakeSignIn();

/** Azure's endpoint for managed identities, which is not on this machine, is then not looked for. */
const applicationOnly = { AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' };

test.each([
  [
    'a Key Vault reference that Azure did not resolve',
    {
      ...application,
      AZURE_CLIENT_SECRET: '@Microsoft.KeyVault(SecretUri=https://contoso.vault.azure.net/secrets/fno)',
    },
    /^AZURE_CLIENT_SECRET is a Key Vault reference that Azure could not resolve: check the reference/,
  ],
  [
    'a secret without the tenant',
    { ...application, AZURE_TENANT_ID: '', ...applicationOnly },
    /^AZURE_CLIENT_SECRET is set, but not AZURE_TENANT_ID$/,
  ],
  [
    'nothing',
    applicationOnly,
    /^no way to sign in is set up: turn on the managed identity in Azure, or set AZURE_TENANT_ID/,
  ],
  [
    'a certificate that is not there',
    { ...application, AZURE_CLIENT_SECRET: '', AZURE_CLIENT_CERTIFICATE_PATH: 'nowhere.pem' },
    /nowhere\.pem/,
  ],
  [
    'a way that does not exist',
    { AZURE_TOKEN_CREDENTIALS: 'magic' },
    /^Invalid value for AZURE_TOKEN_CREDENTIALS/,
  ],
])('settings with %s: a person must change them', async (_what, settings, message) => {
  const batchJobs = fno.anFno(settings);
  fno.signIn.answers.token = entraError(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  for (const outcome of await outcomesOf(batchJobs)) {
    expect(outcome.kind).toBe('sign-in-refused');
    expect(messageOf(outcome)).toMatch(message);
  }
});

test('outside Azure, where something else answers for the endpoint of managed identities, nothing is set up', () => {
  const url = 'http://169.254.169.254/metadata/identity/oauth2/token';
  const unavailable = Object.assign(new Error('…'), { name: 'AggregateAuthenticationError', errors: [] });
  for (const status of [null, 403, 502]) {
    expect(explainSignIn(unavailable, [{ url, status, body: 'denied' }], {})).toMatchObject({
      needsPerson: true,
      message: expect.stringMatching(/^no way to sign in is set up/),
    });
  }
});

test('on a virtual machine of Azure, its answers count; 404 and 410 may pass', () => {
  const url = 'http://169.254.169.254/metadata/identity/oauth2/token';
  const body = '{"error":"invalid_request","error_description":"Identity not found"}';
  const failure = (status: number) => explainSignIn(new Error('…'), [{ url, status, body }], {});
  expect(failure(400)).toMatchObject({
    needsPerson: true,
    message: expect.stringMatching(/^no managed identity: Identity not found\. Turn on/),
  });
  for (const status of [404, 410, 429, 500]) expect(failure(status)).toMatchObject({ needsPerson: false });
});

test('what a signed-in Azure CLI says that must sign in again is shown', () => {
  const cli = new Error(
    'ERROR: AADSTS700082: The refresh token has expired due to inactivity. Trace ID: 0b1c',
  );
  const unavailable = Object.assign(new Error('…'), { name: 'AggregateAuthenticationError', errors: [cli] });
  expect(explainSignIn(unavailable, [], {})).toMatchObject({
    needsPerson: true,
    message: 'AADSTS700082: The refresh token has expired due to inactivity',
  });
});
