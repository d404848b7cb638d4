import { type EventKind, eventKinds, parseEventKind } from '../events/event-kind.ts';
import { Problem } from './problem.ts';
import { queryParameter } from './query-parameter.ts';
import type { RouteRequest } from './route.ts';

/**
 * Reads `?event=`, the kind of every event that arrives at this address; null if it is absent. Throws a Problem.
 */
export function chooseEventKind(request: RouteRequest): EventKind | null {
  const wanted = queryParameter(request, 'event')?.trim() ?? '';
  if (wanted === '') return null;
  const kind = parseEventKind(wanted);
  if (kind) return kind;
  const found = JSON.stringify(wanted.slice(0, 100));
  throw new Problem('invalid-parameter', `event is ${found}; it must be one of ${eventKinds.join(', ')}.`);
}
