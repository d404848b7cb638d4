import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

export type SignInAnswer = { status: number; body: unknown; headers?: Record<string, string> };

/** Microsoft Entra ID over https, trusted by this process from now on, and a managed identity endpoint over http. */
export interface FakeSignIn extends AsyncDisposable {
  authorityHost: string;
  /** Sets a managed identity up, as App Service does. */
  identityEnvironment: { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string };
  /** What either answers to a request for a token, and Entra to one for a tenant's configuration. */
  answers: { token: SignInAnswer | 'reset'; tenant: SignInAnswer | null };
  /** How often a token was asked for. */
  tokenRequests: number;
  /** The path and query of the last request for a token. */
  lastAsked: string;
}

export async function startFakeSignIn(): Promise<FakeSignIn> {
  const [cert = '', key = ''] = ['cert', 'key'].map((name) =>
    readFileSync(new URL(`../fixtures/self-signed/${name}.pem`, import.meta.url), 'utf8'),
  );
  setDefaultCACertificates([...getCACertificates('default'), cert]);

  const listener: RequestListener = (request, response) => {
    const isTenant = request.url?.includes('openid-configuration') ?? false;
    if (!isTenant) {
      fake.tokenRequests += 1;
      fake.lastAsked = request.url ?? '';
    }
    const answer = isTenant ? (fake.answers.tenant ?? configuration(fake.authorityHost)) : fake.answers.token;
    if (answer === 'reset') {
      request.socket.destroy();
      return;
    }
    const { status, body, headers } = answer;
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const servers = [createHttpsServer({ cert, key }, listener), createHttpServer(listener)];
  const [entra = 0, identity = 0] = await Promise.all(servers.map(listen));
  const fake: FakeSignIn = {
    authorityHost: `https://127.0.0.1:${entra}`,
    identityEnvironment: {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${identity}/MSI/token`,
      IDENTITY_HEADER: 'a-header',
    },
    answers: { token: { status: 500, body: '' }, tenant: null },
    tokenRequests: 0,
    lastAsked: '',
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map(close));
    },
  };
  return fake;
}

/** An error as Entra answers it: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
export function entraError(status: number, error: string, code: number, said: string): SignInAnswer {
  const ids =
    'Trace ID: 0b1c2d3e-aaaa-4000-8000-333344445555 Correlation ID: 9f1c2d3e-bbbb-4000-8000-333344445555';
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${said} ${ids} Timestamp: 2026-03-02 01:00:07Z`,
      error_codes: [code],
      timestamp: '2026-03-02 01:00:07Z',
      trace_id: '0b1c2d3e-aaaa-4000-8000-333344445555',
      correlation_id: '9f1c2d3e-bbbb-4000-8000-333344445555',
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  };
}

function configuration(host: string): SignInAnswer {
  return {
    status: 200,
    body: {
      issuer: `${host}/contoso/v2.0`,
      authorization_endpoint: `${host}/contoso/oauth2/v2.0/authorize`,
      token_endpoint: `${host}/contoso/oauth2/v2.0/token`,
      jwks_uri: `${host}/contoso/discovery/v2.0/keys`,
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
