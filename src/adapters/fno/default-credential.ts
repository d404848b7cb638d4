import type { DefaultAzureCredentialOptions, TokenCredential } from '@azure/identity';
import { endingRequests } from './ending-requests.ts';
import { explainSignIn } from './explain-sign-in.ts';
import type { SignInFailure } from '../shared/sign-in-failure.ts';
import { explaining, rememberingAnswers, type TokenAnswer } from './token-answers.ts';

/** How long a token endpoint may take for an answer, in ms. */
const requestTimeoutMs = 60_000;

/**
 * @azure/identity's DefaultAzureCredential: managed identity in Azure, AZURE_CLIENT_ID and its like elsewhere. It
 * fails with a SignInFailure. The first token request loads it, because loading takes longer than an answer may.
 */
export function lazyDefaultCredential(
  options: DefaultAzureCredentialOptions = {},
): () => Promise<TokenCredential> {
  let credential: Promise<TokenCredential> | undefined;
  return () => (credential ??= load(options));
}

async function load(options: DefaultAzureCredentialOptions): Promise<TokenCredential> {
  const [{ DefaultAzureCredential }, { createDefaultHttpClient }] = await Promise.all([
    import('@azure/identity'),
    import('@azure/core-rest-pipeline'),
  ]);
  const httpClient = rememberingAnswers(endingRequests(createDefaultHttpClient(), requestTimeoutMs));
  const credential = await explaining(
    () => Promise.resolve(new DefaultAzureCredential({ ...options, httpClient })),
    explain,
  );
  return { getToken: (scopes, more) => explaining(() => credential.getToken(scopes, more), explain) };
}

function explain(error: unknown, answers: readonly TokenAnswer[]): SignInFailure {
  return explainSignIn(error, answers, process.env);
}
