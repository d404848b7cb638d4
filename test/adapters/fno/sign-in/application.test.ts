import { expect, test } from 'vitest';
import { entraError, type SignInAnswer } from '../../../helpers/fake-sign-in.ts';
import { application, messageOf, outcomesOf, withFakeSignIn } from './fno-that-signs-in.ts';

const fno = withFakeSignIn();

const expired = entraError(
  401,
  'invalid_client',
  7000222,
  `The provided client secret keys for app '${application.AZURE_CLIENT_ID}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret.`,
);
test.each<[string, SignInAnswer, string]>([
  [
    'an expired secret',
    expired,
    `AADSTS7000222: The provided client secret keys for app '${application.AZURE_CLIENT_ID}' are expired. The application's secret has expired: make a new one and set AZURE_CLIENT_SECRET`,
  ],
  [
    'a wrong secret',
    entraError(
      401,
      'invalid_client',
      7000215,
      'Invalid client secret provided. Ensure the secret is the value.',
    ),
    "AADSTS7000215: Invalid client secret provided. Set AZURE_CLIENT_SECRET to the secret's value, not to its ID",
  ],
  [
    'an unknown application',
    entraError(
      400,
      'unauthorized_client',
      700016,
      "Application with identifier 'x' was not found in 'Contoso'. It",
    ),
    "AADSTS700016: Application with identifier 'x' was not found in 'Contoso'. Check AZURE_CLIENT_ID and AZURE_TENANT_ID",
  ],
  [
    'an unknown address of F&O',
    entraError(
      400,
      'invalid_resource',
      500011,
      'The resource principal named https://contoso.operations.dynamics.com was not found in the tenant named Contoso. This can happen.',
    ),
    'AADSTS500011: The resource principal named https://contoso.operations.dynamics.com was not found in the tenant named Contoso. Check that the address of F&O is right, and that AZURE_TENANT_ID is its tenant',
  ],
  [
    'whatever else Entra names by its code',
    entraError(401, 'invalid_client', 53003, 'Access has been blocked by Conditional Access policies.\r\n'),
    'AADSTS53003: Access has been blocked by Conditional Access policies',
  ],
])(
  '%s is shown with the code of Entra, its first sentence, and what to do',
  async (_what, answer, message) => {
    const batchJobs = fno.anFno(application);
    fno.signIn.answers.token = answer;
    for (const outcome of await outcomesOf(batchJobs)) {
      expect(outcome).toEqual({
        kind: 'sign-in-refused',
        answer: { status: null, isSuccess: null, message: expect.any(String) },
      });
      expect(messageOf(outcome)).toBe(message);
    }
    expect(fno.signIn.tokenRequests).toBe(2);
  },
);

test('an unknown tenant is shown, though no token was asked for', async () => {
  const batchJobs = fno.anFno(application);
  fno.signIn.answers.tenant = entraError(
    400,
    'invalid_tenant',
    90002,
    "Tenant 'contoso' not found. Check to make sure.",
  );
  for (const outcome of await outcomesOf(batchJobs)) {
    expect(outcome.kind).toBe('sign-in-refused');
    expect(messageOf(outcome)).toBe("AADSTS90002: Tenant 'contoso' not found. Check AZURE_TENANT_ID");
  }
  expect(fno.signIn.tokenRequests).toBe(0);
});

test.each<[string, SignInAnswer, string]>([
  ['HTTP 500', { status: 500, body: '{}' }, 'the token endpoint answered HTTP 500'],
  ['HTTP 503 in HTML', { status: 503, body: '<html>' }, 'the token endpoint answered HTTP 503'],
  [
    'HTTP 429',
    { status: 429, body: '{}', headers: { 'retry-after': '1' } },
    'the token endpoint answered HTTP 429',
  ],
  [
    'HTTP 503 with a code of Entra',
    entraError(503, 'temporarily_unavailable', 90033, 'A transient error has occurred. Please try again.'),
    'AADSTS90033: A transient error has occurred',
  ],
  [
    'HTTP 400 that says it will pass',
    entraError(400, 'temporarily_unavailable', 90033, 'A transient error has occurred. Please try again.'),
    'AADSTS90033: A transient error has occurred',
  ],
  ['a page of a proxy', { status: 403, body: '<html>' }, 'the token endpoint answered HTTP 403'],
  ['HTML', { status: 200, body: '<html>' }, 'the token endpoint answered without a token'],
])('%s of Entra may pass: not sent, no token', async (_what, answer, message) => {
  const batchJobs = fno.anFno(application);
  fno.signIn.answers.token = answer;
  const [first, second] = await outcomesOf(batchJobs);
  expect(first).toEqual({
    kind: 'not-sent',
    cause: 'token',
    answer: { status: null, isSuccess: null, message },
  });
  // The library may remember the answer for a minute, and ask nobody.
  expect(second).toMatchObject({ kind: 'not-sent', cause: 'token' });
});

test('an address and the secret itself are never shown, and the text is cut', async () => {
  const batchJobs = fno.anFno(application);
  const said = `The user ann@example.com with ${application.AZURE_CLIENT_SECRET} is not here ${'so '.repeat(200)}`;
  fno.signIn.answers.token = entraError(400, 'invalid_request', 50034, said);
  for (const outcome of await outcomesOf(batchJobs)) {
    expect(messageOf(outcome)).toMatch(
      /^AADSTS50034: The user \(e-mail address\) with \(secret\) is not here (so ){50,}/,
    );
  }
});

test('an Entra that cannot be reached may pass', async () => {
  for (const outcome of await outcomesOf(fno.anFno(application, 'https://127.0.0.1:9'))) {
    expect(outcome).toEqual({
      kind: 'not-sent',
      cause: 'token',
      answer: {
        status: null,
        isSuccess: null,
        message: 'no answer from the token endpoint: ECONNREFUSED',
      },
    });
  }
});

test('a token that comes after the trouble is used', async () => {
  const batchJobs = fno.anFno(application);
  fno.signIn.answers.token = expired;
  expect((await outcomesOf(batchJobs))[0].kind).toBe('sign-in-refused');
  fno.signIn.answers.token = {
    status: 200,
    body: { token_type: 'Bearer', expires_in: 3599, access_token: 'a-token' },
  };
  expect((await outcomesOf(batchJobs))[0]).toMatchObject({ kind: 'not-sent', cause: 'connection' });
});

test.each([
  ['an application', {}],
  [
    'a certificate, which is not there',
    { AZURE_CLIENT_SECRET: '', AZURE_CLIENT_CERTIFICATE_PATH: 'nowhere.pem' },
  ],
  ['a person', { AZURE_CLIENT_SECRET: '', AZURE_USERNAME: 'ann', AZURE_PASSWORD: 'x' }],
  ['what is chosen', { AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' }],
])('beside a managed identity, %s signs in', async (_what, others) => {
  const batchJobs = fno.anFno({ ...fno.signIn.identityEnvironment, ...application, ...others });
  fno.signIn.answers.token = expired;
  const [outcome] = await outcomesOf(batchJobs);
  expect(outcome.kind).toBe('sign-in-refused');
  expect(fno.signIn.lastAsked).not.toContain('/MSI/token');
});
