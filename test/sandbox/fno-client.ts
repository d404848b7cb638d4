import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';

const actionPath = '/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting';

export interface FnoClient {
  token: string;
  get: (path: string) => Promise<Response>;
  /** Posts `{"batchJobId":<jobId>}`, the digits as they are. */
  setToWaiting: (jobId: string, signal?: AbortSignal) => Promise<Response>;
  post: (body: string, contentType?: string) => Promise<Response>;
}

export function askForToken(sandbox: Sandbox, query: string, secret?: string): Promise<Response> {
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = sandbox.identityEnvironment;
  return fetch(`${IDENTITY_ENDPOINT}?${query}`, {
    headers: { 'x-identity-header': secret ?? IDENTITY_HEADER },
  });
}

export async function aToken(sandbox: Sandbox, resource = sandbox.orgUrl): Promise<string> {
  const response = await askForToken(
    sandbox,
    `api-version=2019-08-01&resource=${encodeURIComponent(resource)}`,
  );
  const body: unknown = await response.json();
  if (typeof body === 'object' && body !== null && 'access_token' in body) return String(body.access_token);
  throw new Error('The sandbox gave no token');
}

/** A plain client that follows no redirect and reads nothing into what it gets. */
export async function aClient(sandbox: Sandbox): Promise<FnoClient> {
  const token = await aToken(sandbox);
  const headers = { authorization: `Bearer ${token}` };
  const post = (body: string, contentType = 'application/json', signal?: AbortSignal): Promise<Response> =>
    fetch(`${sandbox.orgUrl}${actionPath}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...headers, 'content-type': contentType },
      body,
      ...(signal ? { signal } : {}),
    });
  return {
    token,
    post,
    get: (path) =>
      fetch(path.startsWith('http') ? path : `${sandbox.orgUrl}${path}`, { headers, redirect: 'manual' }),
    setToWaiting: (jobId, signal) => post(`{"batchJobId":${jobId}}`, 'application/json', signal),
  };
}
