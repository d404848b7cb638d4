import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';
import type { CallbackHost, DeliveryOutcome, Subscribers } from '../../ports/subscribers.ts';
import { parseRetryAfter } from '../shared/retry-after.ts';
import { findCallback } from './find-callback.ts';
import { AddressNotAllowed, type Resolve, resolveAllowed } from './resolve-allowed.ts';

/** How long a call that subscribes waits for the name service, in ms. */
const resolveMs = 2000;

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
    // Loads the HTTP client with the first notification.
    const { postCallback } = await import('./post-callback.ts');
    const lookup = (hostname: string) => resolveAllowed(this.#resolve, hostname, found.mayBeAt);
    const posted = await postCallback(callbackUrl, JSON.stringify(body), lookup, signal);
    return posted.kind === 'answered'
      ? this.#classify(posted.status, posted.retryAfter)
      : failed(posted.reason);
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

function unbracketed(hostname: string): string {
  return hostname.replaceAll(/[[\]]/g, '');
}
