import type { Route } from './route.ts';

/**
 * Answers the handshake of CloudEvents: a sender asks for permission before it delivers. The route needs the key,
 * so that nobody else can make a sender deliver here. A request that names no sender gets no permission.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md (4. Abuse Protection)
 */
export const businessEventsHandshakeRoute: Route = {
  name: 'business-events-handshake',
  method: 'OPTIONS',
  path: 'business-events',
  auth: 'function',
  summary: 'The handshake of CloudEvents: a sender asks for permission to deliver',
  answers: { 200: 'With `WebHook-Allowed-Origin` if the request named a `WebHook-Request-Origin`' },
  problems: [],
  handle(_useCases, request) {
    const origin = request.headers.get('webhook-request-origin') ?? '';
    const permission = /^[\w.:*-]{1,253}$/.test(origin)
      ? { 'WebHook-Allowed-Origin': origin, 'WebHook-Allowed-Rate': '*' }
      : {};
    return Promise.resolve({ status: 200, headers: { Allow: 'OPTIONS, POST', ...permission }, body: null });
  },
};

export const businessEventsHandshakeOfEnvironmentRoute: Route = {
  ...businessEventsHandshakeRoute,
  name: 'business-events-handshake-of-environment',
  path: 'business-events/{environment}',
  summary: 'The same for the address of one environment',
};
