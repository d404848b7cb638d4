import type { DefaultAzureCredentialOptions, TokenCredential } from '@azure/identity';
import { endingRequests } from './ending-requests.ts';
import { explainSignIn, type SignInSettings } from './explain-sign-in.ts';
import type { SignInFailure } from '../shared/sign-in-failure.ts';
import { explaining, rememberingAnswers, type TokenAnswer } from './token-answers.ts';

/** How long a token endpoint may take for an answer, in ms. */
const requestTimeoutMs = 60_000;

/** What makes DefaultAzureCredential try something else before a managed identity. */
const otherWays = [
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_USERNAME',
  'AZURE_FEDERATED_TOKEN_FILE',
];

/**
 * @azure/identity's DefaultAzureCredential: managed identity in Azure, AZURE_CLIENT_ID and its like elsewhere. It
 * fails with a SignInFailure. The first token request loads it, because loading takes longer than an answer may.
 * Where App Service provides a managed identity, only that is loaded, and no developer's tool is tried after it.
 */
export function lazyDefaultCredential(
  options: DefaultAzureCredentialOptions = {},
): () => Promise<TokenCredential> {
  let credential: Promise<TokenCredential> | undefined;
  return () => (credential ??= load(options));
}

async function load(options: DefaultAzureCredentialOptions): Promise<TokenCredential> {
  const { createCredential, createDefaultHttpClient } = usesManagedIdentity(process.env)
    ? await import('./managed-identity.ts')
    : await import('./credential-chain.ts');
  const httpClient = rememberingAnswers(endingRequests(createDefaultHttpClient(), requestTimeoutMs));
  const credential = await explaining(
    () => Promise.resolve(createCredential({ ...options, httpClient })),
    explain,
  );
  return { getToken: (scopes, more) => explaining(() => credential.getToken(scopes, more), explain) };
}

function usesManagedIdentity(settings: SignInSettings): boolean {
  const isSet = (name: string) => Boolean(settings[name]);
  const chosen = settings['AZURE_TOKEN_CREDENTIALS']?.trim().toLowerCase() ?? '';
  const mayBeIt = ['', 'prod', 'managedidentitycredential'].includes(chosen);
  return mayBeIt && isSet('IDENTITY_ENDPOINT') && isSet('IDENTITY_HEADER') && !otherWays.some(isSet);
}

function explain(error: unknown, answers: readonly TokenAnswer[]): SignInFailure {
  return explainSignIn(error, answers, process.env);
}
