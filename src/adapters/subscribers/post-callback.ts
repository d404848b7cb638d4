import type { LookupAddress } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { create, isAxiosError } from 'axios';
import { AddressNotAllowed } from './resolve-allowed.ts';

/**
 * Follows no redirect, ignores the environment's proxy, and does not read the bodies of answers. Its agents keep no
 * connection, so that each call resolves and checks the name anew.
 */
const client = create({
  httpAgent: new HttpAgent(),
  httpsAgent: new HttpsAgent(),
  maxRedirects: 0,
  proxy: false,
  decompress: false,
  responseType: 'stream',
  validateStatus: () => true,
});

type Posted =
  { kind: 'answered'; status: number; retryAfter: string | undefined } | { kind: 'failed'; reason: string };

/** Connects to the address that `lookup` resolves to: nothing resolves the name again in between. Never rejects. */
export async function postCallback(
  callbackUrl: string,
  body: string,
  lookup: (hostname: string) => Promise<LookupAddress[]>,
  signal: AbortSignal,
): Promise<Posted> {
  try {
    const { status, headers, data } = await client.post<unknown>(callbackUrl, body, {
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'batch-retry' },
      lookup: async (hostname: string) => [await lookup(hostname)],
      signal,
    });
    if (data instanceof Readable) data.destroy();
    const retryAfter: unknown = headers['retry-after'];
    return { kind: 'answered', status, retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined };
  } catch (error) {
    const cause = isAxiosError(error) ? error.cause : error;
    if (cause instanceof AddressNotAllowed) return { kind: 'failed', reason: cause.message };
    return { kind: 'failed', reason: signal.aborted ? 'no answer in time' : codeOf(error) };
  }
}

/** An axios error holds the address, and so its secret: use only its code. */
function codeOf(error: unknown): string {
  return isAxiosError(error) ? (error.code ?? 'no connection') : 'no connection';
}
