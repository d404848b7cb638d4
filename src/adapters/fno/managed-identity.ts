import { type DefaultAzureCredentialOptions, ManagedIdentityCredential } from '@azure/identity';

export { createDefaultHttpClient } from '@azure/core-rest-pipeline';

/** A file of its own, so that the bundle loads nothing of the other ways to sign in. */
export function createCredential(options: DefaultAzureCredentialOptions): ManagedIdentityCredential {
  const clientId = process.env['AZURE_CLIENT_ID'];
  // As DefaultAzureCredential makes it.
  const retryOptions = { maxRetries: 5, retryDelayInMs: 800 };
  return new ManagedIdentityCredential({ retryOptions, ...options, ...(clientId ? { clientId } : {}) });
}
