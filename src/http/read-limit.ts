import type { RouteRequest } from './route.ts';
import { Problem } from './problem.ts';
import { queryParameter } from './query-parameter.ts';

/** Reads `?limit=`, the number of rows in a list: 50 if it is absent. Throws a Problem. */
export function readLimit(request: RouteRequest): number {
  const text = queryParameter(request, 'limit') ?? '50';
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 200)
    throw new Problem('invalid-parameter', 'limit must be a whole number from 1 to 200.');
  return limit;
}
