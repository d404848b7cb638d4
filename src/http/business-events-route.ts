import { type Arrived, maxEvents, openEnvelopes } from '../events/envelopes/open-envelopes.ts';
import type { EventKind } from '../events/event-kind.ts';
import type { Violation } from '../events/schema-validator.ts';
import type { DeliveredEvent, Received } from '../usecases/intake/receive-events.ts';
import type { UseCases } from '../usecases/use-cases.ts';
import { namedEnvironment, senderEnvironment } from './choose-environment.ts';
import { chooseEventKind } from './choose-event-kind.ts';
import { Problem } from './problem.ts';
import { readJson } from './read-json.ts';
import type { Route, RouteParams } from './route.ts';

/** The webhook, and the connector's "evaluate" action: one event or several, in any envelope. */
export const businessEventsRoute: Route = {
  name: 'business-events',
  method: 'POST',
  path: 'business-events',
  auth: 'function',
  handle: receiveBusinessEvents,
};

/** The same for one environment, so that an address needs no `&`, which some shells cut it at. */
export const businessEventsOfEnvironmentRoute: Route = {
  ...businessEventsRoute,
  name: 'business-events-of-environment',
  path: 'business-events/{environment}',
};

async function receiveBusinessEvents(
  useCases: UseCases,
  request: Request,
  params: RouteParams,
): Promise<Response> {
  const address: Address = {
    named: namedEnvironment(useCases.fnoEnvironments, request, params),
    eventKind: chooseEventKind(request),
  };
  const opened = openEnvelopes(await readJson(request), (name) => request.headers.get(name));
  if (opened.kind === 'too-many') {
    const detail = `The body holds ${opened.count} events; at most ${maxEvents} are taken at once.`;
    throw new Problem('too-large', detail);
  }
  if (opened.kind === 'several') return answerMany(await receive(useCases, address, opened.arrived));
  const [result] = await receive(useCases, address, [opened.arrived]);
  if (!result) throw new Error('One event gave no answer.');
  return answerOne(result);
}

/** What became of one of the events that came. */
type Result = { arrived: Arrived } & (
  | Exclude<Received, { kind: 'invalid' }>
  | { kind: 'handshake'; validationResponse: string }
  | { kind: 'problem'; problem: Problem }
);

/** What the address says of all events that come by it. */
type Address = { named: string | null; eventKind: EventKind | null };

async function receive(
  { fnoEnvironments, receiveEvents }: UseCases,
  { named, eventKind }: Address,
  all: readonly Arrived[],
): Promise<Result[]> {
  const delivered: DeliveredEvent[] = [];
  const results = all.map((arrived): Result | null => {
    if (arrived.kind === 'handshake') {
      return { arrived, kind: 'handshake', validationResponse: arrived.validationCode };
    }
    if (arrived.kind === 'unreadable') return invalid(arrived, [arrived.violation]);
    const { value, via, sender } = arrived;
    const environment = named ?? senderEnvironment(sender, fnoEnvironments);
    if (environment instanceof Problem) return { arrived, kind: 'problem', problem: environment };
    delivered.push({ environment, value, via, eventKind });
    return null;
  });
  const received = (await receiveEvents(delivered)).values();
  return results.flatMap((result, index) => {
    const arrived = all[index];
    if (result || !arrived) return result ?? [];
    const { value: one } = received.next();
    if (!one) throw new Error('An event gave no answer.');
    return one.kind === 'invalid' ? invalid(arrived, one.violations) : { arrived, ...one };
  });
}

function invalid(arrived: Arrived, violations: readonly Violation[]): Result {
  return { arrived, kind: 'problem', problem: invalidEvent(within(arrived.inside, violations)) };
}

function answerOne(result: Result): Response {
  if (result.kind === 'problem') throw result.problem;
  if (result.kind === 'unavailable') throw storeUnavailable();
  return Response.json(bodyOf(result), { status: statusOf(result) });
}

/**
 * A list is answered by an array in its order, with a problem at the place of an event that is not taken: one
 * bad event does not lose the good ones. If the store failed for some, all must be delivered again; those
 * that were decided are then told to be duplicates. Event Grid asks alone, and looks for one object.
 */
function answerMany(results: Result[]): Response {
  if (results.some(({ kind }) => kind === 'unavailable')) throw storeUnavailable();
  const [first] = results;
  if (first?.kind === 'handshake' && results.length === 1) return answerOne(first);
  const problems = results.flatMap((one) => (one.kind === 'problem' ? [one] : []));
  if (problems.length > 0 && problems.length === results.length) throw allOf(problems);
  return Response.json(results.map(bodyOf), { status: Math.max(200, ...results.map(statusOf)) });
}

function bodyOf(result: Result): unknown {
  if (result.kind === 'decided') return result.answer;
  if (result.kind === 'handshake') return { validationResponse: result.validationResponse };
  return result.kind === 'problem' ? result.problem.details : null;
}

/** 202 as long as something is still to come for the event. */
function statusOf(result: Result): number {
  return result.kind === 'decided' && result.answer.dueAt !== null ? 202 : 200;
}

/** One problem for a list of which nothing is taken. */
function allOf(problems: readonly Extract<Result, { kind: 'problem' }>[]): Problem {
  const violations = problems.flatMap(({ arrived, problem: { details } }) =>
    within(arrived.place, details.errors ?? [{ pointer: arrived.inside, message: details.detail }]),
  );
  const [first] = problems;
  const areAlike = problems.every(({ problem }) => problem.details.type === first?.problem.details.type);
  return first && areAlike && !first.problem.details.errors ? first.problem : invalidEvent(violations);
}

function within(pointer: string, violations: readonly Violation[]): Violation[] {
  return violations.map((one) => ({ ...one, pointer: `${pointer}${one.pointer}` }));
}

function invalidEvent(violations: readonly Violation[]): Problem {
  const shown = violations.slice(0, 20);
  const detail = shown.map(({ pointer, message }) => `${pointer || 'The event'} ${message}`).join('; ');
  return new Problem('invalid-event', `${detail}.`, shown);
}

function storeUnavailable(): Problem {
  return new Problem(
    'store-unavailable',
    'Nothing was decided that would not be told again: deliver the same once more.',
  );
}
