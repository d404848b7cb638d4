import type { Route } from './route.ts';

/**
 * Whether CloudEvents are wanted here: a sender asks before it delivers. It needs the key, so that nobody else can
 * make a sender deliver here. A question without a sender is no question, and is not answered with consent.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md (4. Abuse Protection)
 */
export const businessEventsHandshakeRoute: Route = {
  name: 'business-events-handshake',
  method: 'OPTIONS',
  path: 'business-events',
  auth: 'function',
  summary: 'The handshake of CloudEvents: a sender asks whether its events are wanted here',
  answers: { 200: 'With `WebHook-Allowed-Origin` if the request named a `WebHook-Request-Origin`' },
  problems: [],
  handle(_useCases, request) {
    const headers = new Headers({ Allow: 'OPTIONS, POST' });
    const origin = request.headers.get('webhook-request-origin') ?? '';
    if (/^[\w.:*-]{1,253}$/.test(origin)) {
      headers.set('WebHook-Allowed-Origin', origin);
      headers.set('WebHook-Allowed-Rate', '*');
    }
    return Promise.resolve(new Response(null, { status: 200, headers }));
  },
};

export const businessEventsHandshakeOfEnvironmentRoute: Route = {
  ...businessEventsHandshakeRoute,
  name: 'business-events-handshake-of-environment',
  path: 'business-events/{environment}',
  summary: 'The same for the address of one environment',
};
