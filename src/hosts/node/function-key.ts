import { createHash, timingSafeEqual } from 'node:crypto';
import type { RouteRequest } from '../../http/route.ts';

/** Whether a request carries the key as Azure Functions takes it: in `x-functions-key` or `?code=`. */
export function carriesKey(request: RouteRequest, key: string): boolean {
  const given = request.headers.get('x-functions-key') ?? new URL(request.url).searchParams.get('code');
  return given !== null && timingSafeEqual(digest(given), digest(key));
}

/** All digests have the same length, so comparing them takes the same time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
