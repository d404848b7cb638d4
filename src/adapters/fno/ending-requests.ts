import type { HttpClient } from '@azure/core-rest-pipeline';

/**
 * Wraps the client so that it ends each request after `timeoutMs`. @azure/identity sets no such time: while a token
 * endpoint hangs, its connections would pile up.
 */
export function endingRequests(client: HttpClient, timeoutMs: number): HttpClient {
  return {
    sendRequest(request) {
      request.timeout ||= timeoutMs;
      return client.sendRequest(request);
    },
  };
}
