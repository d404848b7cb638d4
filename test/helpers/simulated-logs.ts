import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import type { LogsQueryClientOptions } from '@azure/monitor-query-logs';
import type { SimulatedLogs } from '../../src/sandbox/simulated-logs.ts';
import type { TokenEndpoint } from '../../src/sandbox/token-endpoint.ts';

/**
 * Lets the real SDK talk to the stand-in. The SDK sends tokens over https only: all but the connection itself is as
 * in Azure.
 */
export function overLoopback(
  { url }: Pick<SimulatedLogs, 'url'>,
  address = 'https://api.loganalytics.io',
): LogsQueryClientOptions {
  const real = createDefaultHttpClient();
  const httpClient: HttpClient = {
    sendRequest: (request) => {
      const asked = new URL(request.url);
      // The stand-in's own address comes from a redirect.
      if (asked.origin !== address && asked.origin !== url)
        throw new Error(`${asked.origin} gets no request`);
      request.url = `${url}${asked.pathname}${asked.search}`;
      request.allowInsecureConnection = true;
      return real.sendRequest(request);
    },
  };
  return { httpClient };
}

/** The service's identity, without a process of its own. */
export function identityOf(tokens: TokenEndpoint): TokenCredential {
  return {
    getToken: (scopes) => {
      const resource = String(scopes).replace(/\/\.default$/, '');
      const { body } = tokens.answer(new URLSearchParams({ 'api-version': '2019-08-01', resource }));
      const { access_token: token, expires_on: expiresOn }: Record<string, string> = JSON.parse(body);
      if (token === undefined) throw new Error('The stand-in gave no token');
      return Promise.resolve({ token, expiresOnTimestamp: Number(expiresOn) * 1000 });
    },
  };
}
