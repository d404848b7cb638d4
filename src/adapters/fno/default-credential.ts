import type { TokenCredential } from '@azure/identity';

/**
 * @azure/identity's DefaultAzureCredential: managed identity in Azure, AZURE_CLIENT_ID and its like elsewhere.
 * Loaded when the first token is needed, because loading it takes longer than an answer may.
 */
export function lazyDefaultCredential(): () => Promise<TokenCredential> {
  let credential: Promise<TokenCredential> | undefined;
  return () => (credential ??= load());
}

async function load(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}
