import { parseJobId } from '../domain/job-id.ts';
import { type NotificationEvent, notificationEvents } from '../domain/job/outcomes.ts';
import type { UseCases } from '../usecases/use-cases.ts';
import { findEnvironment } from './choose-environment.ts';
import { Problem } from './problem.ts';
import { bodyReader } from './read-body.ts';
import { bodyProblems, type Route, type RouteRequest } from './route.ts';
import { jsonAnswer, type RouteAnswer } from './route-answer.ts';

type Body = {
  callbackUrl: string;
  /** All events if absent. */
  events?: NotificationEvent[] | null;
  /** All environments, or all jobs, if absent. An empty text counts as absent. */
  environment?: string | null;
  jobId?: string | null;
};

const filters = {
  callbackUrl: { type: 'string', minLength: 1 },
  environment: { type: ['string', 'null'] },
  jobId: { type: ['string', 'null'] },
};

const shape = { type: 'object', required: ['callbackUrl'], additionalProperties: false };

const readSubscription = bodyReader<Body>({
  ...shape,
  properties: {
    ...filters,
    events: {
      type: ['array', 'null'],
      minItems: 1,
      uniqueItems: true,
      items: { type: 'string', enum: notificationEvents },
    },
  },
});

const readEventSubscription = bodyReader<Omit<Body, 'events'>>({ ...shape, properties: filters });

/** Subscribes to several events. */
export const subscribeRoute: Route = {
  name: 'subscribe',
  method: 'POST',
  path: 'subscriptions',
  auth: 'function',
  summary:
    'Has the service POST notifications to `callbackUrl`: of `events` (all if not given), of one environment or job if named. Answer them with 2xx within 5 s; what fails is [tried again](delays.md#deliveries-to-subscribers)',
  answers: { 201: 'Subscribed. The header `Location` has the address that ends the subscription: keep it' },
  problems: [...bodyProblems, 'invalid-body', 'invalid-callback', 'unknown-environment', 'store-unavailable'],
  async handle(useCases, request) {
    const { events, ...body } = await readSubscription(request);
    return subscribe(useCases, request, body, events ?? notificationEvents);
  },
};

/** Subscribes to one event: each trigger of the connector has a path of its own. */
export const subscribeToEventRoute: Route = {
  name: 'subscribe-to-event',
  method: 'POST',
  path: 'subscriptions/{event}',
  auth: 'function',
  summary: 'The same for one event, which the path names',
  answers: { 201: 'Subscribed' },
  problems: [
    ...bodyProblems,
    'not-found',
    'invalid-body',
    'invalid-callback',
    'unknown-environment',
    'store-unavailable',
  ],
  async handle(useCases, request, params) {
    const event = notificationEvents.find((known) => known === params['event']);
    if (event === undefined)
      throw new Problem(
        'not-found',
        `There is no such event; expected one of ${notificationEvents.join(', ')}.`,
      );
    return subscribe(useCases, request, await readEventSubscription(request), [event]);
  },
};

/**
 * Ends a subscription. Its id, which nobody can guess, is enough: Power Automate does not send the key. Ending an
 * unknown subscription succeeds.
 */
export const unsubscribeRoute: Route = {
  name: 'unsubscribe',
  method: 'DELETE',
  path: 'subscriptions/{subscriptionId}',
  auth: 'anonymous',
  summary: 'Ends a subscription. The id, which nobody can guess, is enough',
  answers: { 204: 'Ended, also if there was none' },
  problems: ['store-unavailable'],
  async handle(useCases, _request, params) {
    const id = params['subscriptionId'] ?? '';
    if (/^[\w-]{1,100}$/.test(id)) await useCases.unsubscribe(id);
    return { status: 204, headers: {}, body: null };
  },
};

async function subscribe(
  useCases: UseCases,
  request: RouteRequest,
  body: Omit<Body, 'events'>,
  events: readonly NotificationEvent[],
): Promise<RouteAnswer> {
  const environment = body.environment ? findEnvironment(useCases.fnoEnvironments, body.environment) : null;
  const wanted = { callbackUrl: body.callbackUrl, events, environment, jobId: readJobId(body.jobId) };
  const subscribed = await useCases.subscribe(wanted);
  if (subscribed.kind === 'not-allowed') {
    const place = { pointer: '/callbackUrl', message: 'may not be called' };
    throw new Problem('invalid-callback', subscribed.reason, [place]);
  }
  const { id, jobId } = subscribed.subscription;
  const headers = { Location: addressOf(request, id) };
  return jsonAnswer({ id, events, environment, jobId }, 201, headers);
}

function readJobId(text: string | null | undefined) {
  if (!text) return null;
  const jobId = parseJobId(text);
  if (jobId) return jobId;
  const place = { pointer: '/jobId', message: 'must be a whole number of 64 bits' };
  throw new Problem('invalid-body', `${place.pointer} ${place.message}.`, [place]);
}

/** The subscription's address, under the host that the caller used and without the caller's key. */
function addressOf(request: RouteRequest, id: string): string {
  const url = new URL(request.url);
  url.pathname = url.pathname.replace(/(\/subscriptions)(\/[^/]*)?$/i, `$1/${id}`);
  url.search = '';
  return url.href;
}
