import type { Violation } from '../events/schema-validator.ts';
import type { Received } from '../usecases/receive-events.ts';
import { chooseEnvironment } from './choose-environment.ts';
import { Problem } from './problem.ts';
import { readJson } from './read-json.ts';
import type { Route } from './route.ts';

/** More than fit into 1 MiB of real events. */
const maxEvents = 5000;

/** The webhook of F&O, and the connector's "evaluate" action: one event or an array of them. */
export const businessEventsRoute: Route = {
  name: 'business-events',
  method: 'POST',
  path: 'business-events',
  auth: 'function',
  async handle(useCases, request) {
    const environment = chooseEnvironment(useCases.environments, request);
    const body = await readJson(request);
    if (!Array.isArray(body)) {
      const [received] = await useCases.receiveEvents(environment, [body]);
      if (!received) throw new Error('One event gave no answer.');
      return answerOne(received);
    }
    if (body.length > maxEvents) {
      throw new Problem(
        'too-large',
        `The body holds ${body.length} events; at most ${maxEvents} are taken at once.`,
      );
    }
    return answerMany(await useCases.receiveEvents(environment, body));
  },
};

function answerOne(received: Received): Response {
  if (received.kind === 'invalid') throw invalid(received.violations);
  if (received.kind === 'unavailable') throw storeUnavailable();
  return Response.json(received.decision, { status: statusOf(received) });
}

/**
 * An array is answered by an array in its order, with a problem at the place of an event that is not valid:
 * one bad event does not lose the good ones. If the store failed for some, all must be delivered again; those
 * that were decided are then told to be duplicates.
 */
function answerMany(received: Received[]): Response {
  const invalidOnes = received.flatMap((one, index) =>
    one.kind === 'invalid'
      ? one.violations.map(({ pointer, message }) => ({ pointer: `/${index}${pointer}`, message }))
      : [],
  );
  if (received.some(({ kind }) => kind === 'unavailable')) throw storeUnavailable();
  if (received.length > 0 && received.every(({ kind }) => kind === 'invalid')) throw invalid(invalidOnes);
  const answers = received.map((one) =>
    one.kind === 'decided' ? one.decision : one.kind === 'invalid' ? invalid(one.violations).details : null,
  );
  return Response.json(answers, { status: Math.max(200, ...received.map(statusOf)) });
}

/** 202 as long as something is still to come for the event. */
function statusOf(received: Received): number {
  return received.kind === 'decided' && received.decision.dueAt !== null ? 202 : 200;
}

function invalid(violations: readonly Violation[]): Problem {
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
