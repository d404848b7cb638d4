import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { create, isAxiosError } from 'axios';
import type { Clock } from '../../ports/clock.ts';
import type { CallbackHost, DeliveryOutcome, Subscribers } from '../../ports/subscribers.ts';
import { parseRetryAfter } from '../shared/retry-after.ts';
import { findCallback } from './find-callback.ts';
import { AddressNotAllowed, type Resolve, resolveAllowed } from './resolve-allowed.ts';

/** How long a call that subscribes waits for the name service, in ms. */
const resolveMs = 2000;

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

/** Subscribers behind web addresses that the settings allow. */
export class HttpSubscribers implements Subscribers {
  readonly #allowed: readonly CallbackHost[];
  readonly #clock: Clock;
  readonly #resolve: Resolve;

  constructor(
    allowed: readonly CallbackHost[],
    clock: Clock,
    resolve: Resolve = (hostname) => lookup(hostname, { all: true }),
  ) {
    this.#allowed = allowed;
    this.#clock = clock;
    this.#resolve = resolve;
  }

  async whyNotAllowed(callbackUrl: string): Promise<string | null> {
    const found = findCallback(callbackUrl, this.#allowed);
    if (found.kind === 'forbidden') return found.reason;
    const inTime = new AbortController();
    try {
      await Promise.race([
        resolveAllowed(this.#resolve, unbracketed(found.url.hostname), found.mayBeAt),
        sleep(resolveMs, null, { signal: inTime.signal, ref: false }),
      ]);
      return null;
    } catch (error) {
      return error instanceof AddressNotAllowed ? error.message : null;
    } finally {
      inTime.abort();
    }
  }

  async notify(callbackUrl: string, body: unknown, signal: AbortSignal): Promise<DeliveryOutcome> {
    const found = findCallback(callbackUrl, this.#allowed);
    if (found.kind === 'forbidden') return failed(found.reason);
    try {
      const { status, headers, data } = await client.post<unknown>(callbackUrl, JSON.stringify(body), {
        headers: { 'Content-Type': 'application/json', 'User-Agent': 'batch-retry' },
        // Connects to the address that was checked: nothing resolves the name again in between.
        lookup: async (hostname: string) => [await resolveAllowed(this.#resolve, hostname, found.mayBeAt)],
        signal,
      });
      if (data instanceof Readable) data.destroy();
      const retryAfter: unknown = headers['retry-after'];
      return this.#classify(status, typeof retryAfter === 'string' ? retryAfter : undefined);
    } catch (error) {
      const cause = isAxiosError(error) ? error.cause : error;
      if (cause instanceof AddressNotAllowed) return failed(cause.message);
      return failed(signal.aborted ? 'no answer in time' : codeOf(error));
    }
  }

  #classify(status: number, retryAfter: string | undefined): DeliveryOutcome {
    const reason = `HTTP ${status}`;
    if (status >= 200 && status < 300) return { kind: 'delivered' };
    if (status === 410) return { kind: 'gone', reason };
    if (status === 404) return { kind: 'not-found', reason };
    if (status >= 300 && status < 400) return failed(`${reason}, a redirect, which is not followed`);
    return { kind: 'failed', retryAfterMs: parseRetryAfter(retryAfter, this.#clock.now()), reason };
  }
}

function failed(reason: string): DeliveryOutcome {
  return { kind: 'failed', retryAfterMs: null, reason };
}

/** An axios error holds the address, and so its secret: use only its code. */
function codeOf(error: unknown): string {
  return isAxiosError(error) ? (error.code ?? 'no connection') : 'no connection';
}

function unbracketed(hostname: string): string {
  return hostname.replaceAll(/[[\]]/g, '');
}
