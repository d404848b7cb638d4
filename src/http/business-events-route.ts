import type { DeliveryResult, EventResult } from '../usecases/intake/receive-delivery.ts';
import { invalidEvent, type Rejection } from '../usecases/intake/rejection.ts';
import type { UseCases } from '../usecases/use-cases.ts';
import { namedEnvironment } from './choose-environment.ts';
import { chooseEventKind } from './choose-event-kind.ts';
import { type ProblemDetails, problemDetails, problemResponse } from './problem.ts';
import { readJsonBody } from './read-json.ts';
import {
  bodyProblems,
  environmentProblems,
  type Route,
  type RouteParams,
  type RouteRequest,
} from './route.ts';
import { jsonAnswer, type RouteAnswer } from './route-answer.ts';

/** The webhook, and the connector's "evaluate" action: one event or several, in any envelope. */
export const businessEventsRoute: Route = {
  name: 'business-events',
  method: 'POST',
  path: 'business-events',
  auth: 'function',
  summary:
    'The webhook: takes one business event of F&O, or an array of them, [as F&O writes it or wrapped](../operate/connect.md#other-ways-in). One event is answered by one object, an array by an array in the same order. `?event=failed`, `finished`, `started` or `cancelled` says of which kind all are. An event that is not valid has a problem at its place; the answer is 422 if all are, and 503 if the store failed for one: send all again',
  answers: {
    200: 'The decision is final, also `ignored`',
    202: 'At least one event is not decided yet: `dueAt` is set',
  },
  problems: [
    ...bodyProblems,
    ...environmentProblems,
    'invalid-event',
    'invalid-parameter',
    'store-unavailable',
  ],
  handle: receiveBusinessEvents,
};

/** The same for one environment, named in the path: some shells cut an address at `&`, and this one needs none. */
export const businessEventsOfEnvironmentRoute: Route = {
  ...businessEventsRoute,
  name: 'business-events-of-environment',
  path: 'business-events/{environment}',
  summary:
    'The same for one environment: some shells and tools cut an address at `&`, and this one needs none',
};

async function receiveBusinessEvents(
  { fnoEnvironments, receiveDelivery }: UseCases,
  request: RouteRequest,
  params: RouteParams,
): Promise<RouteAnswer> {
  const environment = namedEnvironment(fnoEnvironments, request, params);
  const eventKind = chooseEventKind(request);
  const body = await readJsonBody(request);
  const header = (name: string) => request.headers.get(name);
  return respond(await receiveDelivery({ body, header, environment, eventKind }));
}

function respond(delivery: DeliveryResult): RouteAnswer {
  switch (delivery.kind) {
    case 'rejected':
      return problemResponse(problemOf(delivery.rejection));
    case 'one':
      return respondToOne(delivery.result);
    case 'several':
      return respondToList(delivery.results);
  }
}

function respondToOne(result: EventResult): RouteAnswer {
  if (result.kind === 'rejected') return problemResponse(problemOf(result.rejection));
  if (result.kind === 'unavailable') return storeUnavailable();
  return jsonAnswer(bodyOf(result), statusOf(result));
}

/**
 * Answers a list with an array in the same order, with a problem at the place of each rejected event: one bad event
 * does not lose the good ones. If the store failed for some, the sender redelivers all, and those already decided
 * are then duplicates. Event Grid's handshake comes alone, and expects one object.
 */
function respondToList(results: EventResult[]): RouteAnswer {
  if (results.some(({ kind }) => kind === 'unavailable')) return storeUnavailable();
  const [first] = results;
  if (first?.kind === 'handshake' && results.length === 1) return respondToOne(first);
  const rejected = results.flatMap((one) => (one.kind === 'rejected' ? [one] : []));
  if (rejected.length > 0 && rejected.length === results.length) {
    return problemResponse(problemOf(rejectionOfAll(rejected)));
  }
  return jsonAnswer(results.map(bodyOf), Math.max(200, ...results.map(statusOf)));
}

function bodyOf(result: EventResult): unknown {
  switch (result.kind) {
    case 'decided':
      return result.answer;
    case 'handshake':
      return { validationResponse: result.validationCode };
    case 'rejected':
      return problemOf(result.rejection);
    case 'unavailable':
      return null;
  }
}

/** 202 while the decision is not final. */
function statusOf(result: EventResult): number {
  return result.kind === 'decided' && result.answer.dueAt !== null ? 202 : 200;
}

/** Merges the rejections of a list in which every event is rejected. */
function rejectionOfAll(all: readonly Extract<EventResult, { kind: 'rejected' }>[]): Rejection {
  const [first] = all;
  const isAlike = all.every(({ rejection }) => rejection.kind === first?.rejection.kind);
  if (first && isAlike && !first.rejection.errors) return first.rejection;
  const errors = all.flatMap(({ place, inside, rejection }) =>
    (rejection.errors ?? [{ pointer: inside, message: rejection.detail }]).map((one) => ({
      ...one,
      pointer: `${place}${one.pointer}`,
    })),
  );
  return invalidEvent('', errors);
}

function problemOf({ kind, detail, errors }: Rejection): ProblemDetails {
  return problemDetails(kind, detail, errors);
}

function storeUnavailable(): RouteAnswer {
  const detail =
    'Deliver the same again: the service answers events that it has already decided as duplicates.';
  return problemResponse(problemDetails('store-unavailable', detail));
}
