import { Problem } from './problem.ts';
import { queryParameter } from './query-parameter.ts';
import type { RouteRequest } from './route.ts';

/** Reads an instant in UTC, or a day; null if it is absent. Throws a Problem. */
export function readInstant(request: RouteRequest, name: string): Date | null {
  const text = queryParameter(request, name);
  if (text === null) return null;
  const instant = new Date(text);
  const isInstant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text);
  if (isInstant && !Number.isNaN(instant.getTime())) return instant;
  throw new Problem('invalid-parameter', `${name} must be an instant in UTC, such as 2026-03-02T01:00:00Z.`);
}
