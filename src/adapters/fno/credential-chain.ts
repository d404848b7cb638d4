import { DefaultAzureCredential, type DefaultAzureCredentialOptions } from '@azure/identity';

export { createDefaultHttpClient } from '@azure/core-rest-pipeline';

/** Every way to sign in that @azure/identity knows, in its order. */
export function createCredential(options: DefaultAzureCredentialOptions): DefaultAzureCredential {
  return new DefaultAzureCredential(options);
}
