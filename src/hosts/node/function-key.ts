import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a request carries the key as Azure Functions takes it: in `x-functions-key` or `?code=`. */
export function carriesKey(request: Request, key: string): boolean {
  const given = request.headers.get('x-functions-key') ?? new URL(request.url).searchParams.get('code');
  return given !== null && timingSafeEqual(digest(given), digest(key));
}

/** Digests are of one length, so that comparing them takes one time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
