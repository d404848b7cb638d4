import { expect, test } from 'vitest';
import { jobId } from '../../../domain/job/builders.ts';
import { entraError, type SignInAnswer } from '../../../helpers/fake-sign-in.ts';
import { messageOf, withFakeSignIn } from './fno-that-signs-in.ts';

const fno = withFakeSignIn();

const noSuchIdentity = {
  statusCode: 400,
  message:
    'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
  correlationId: '9f1c2d3e-bbbb-4000-8000-333344445555',
};

test.each<[string, SignInAnswer, string, string]>([
  [
    'there is no such identity',
    { status: 400, body: noSuchIdentity },
    'sign-in-refused',
    'no managed identity: No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId. Turn on the managed identity of the app, or set AZURE_CLIENT_ID to the client ID of the one it has',
  ],
  [
    'F&O is not known',
    entraError(
      400,
      'invalid_resource',
      500011,
      'The resource principal named x was not found. This can happen.',
    ),
    'sign-in-refused',
    'AADSTS500011: The resource principal named x was not found. Check that the address of F&O is right, and that AZURE_TENANT_ID is its tenant',
  ],
  [
    'it fails',
    { status: 500, body: { statusCode: 500, message: 'Internal' } },
    'not-sent',
    'the token endpoint answered HTTP 500',
  ],
  [
    'it throttles',
    { status: 429, body: { statusCode: 429 } },
    'not-sent',
    'the token endpoint answered HTTP 429',
  ],
  [
    'it answers HTML',
    { status: 200, body: '<html>' },
    'not-sent',
    'the token endpoint answered without a token',
  ],
])('a managed identity: %s', async (_what, answer, kind, message) => {
  const batchJobs = fno.anFno(fno.signIn.identityEnvironment);
  fno.signIn.answers.token = answer;
  const outcome = await batchJobs.setToWaiting(jobId, AbortSignal.timeout(30_000));
  expect(outcome.kind).toBe(kind);
  expect(messageOf(outcome)).toBe(message);
});

test('a managed identity whose endpoint breaks the connection may pass', async () => {
  const batchJobs = fno.anFno(fno.signIn.identityEnvironment);
  fno.signIn.answers.token = 'reset';
  expect(await batchJobs.read(jobId, AbortSignal.timeout(30_000))).toMatchObject({
    kind: 'not-sent',
    cause: 'token',
    answer: { message: 'no answer from the token endpoint: ECONNRESET' },
  });
});

test('AZURE_CLIENT_ID names the managed identity to sign in with', async () => {
  const clientId = '11111111-2222-4333-8444-555555555555';
  const batchJobs = fno.anFno({ ...fno.signIn.identityEnvironment, AZURE_CLIENT_ID: clientId });
  fno.signIn.answers.token = { status: 400, body: noSuchIdentity };
  await batchJobs.read(jobId, AbortSignal.timeout(30_000));
  expect(fno.signIn.lastAsked).toMatch(/^\/MSI\/token\?/);
  expect(fno.signIn.lastAsked).toContain(`client_id=${clientId}`);
});
