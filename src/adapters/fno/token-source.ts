import type { AccessToken, TokenCredential } from '@azure/identity';
import type { Clock } from '../../ports/clock.ts';
import { SignInFailure } from '../shared/sign-in-failure.ts';

export type TokenResult =
  | { kind: 'token'; token: string }
  /** The failure may be transient. */
  | { kind: 'failed'; message: string }
  /** A person must change something. */
  | { kind: 'refused'; message: string };

type TokenRequest = { startedAtMs: number; isPending: boolean; token: Promise<AccessToken> };

/** Renews a token when less than this is left, in ms, as @azure/identity does itself. */
const renewBeforeMs = 5 * 60_000;
/**
 * Abandons a token request that has no answer for this long, in ms, so that another may start. If its answer comes
 * after all, its token is used.
 */
const abandonAfterMs = 15_000;

/**
 * Tokens for one F&O environment: concurrent callers share one request to Microsoft Entra ID. No signal stops a
 * token endpoint that hangs, so callers stop waiting for it instead.
 */
export class TokenSource {
  readonly #credential: () => Promise<TokenCredential>;
  readonly #scope: string;
  readonly #clock: Clock;
  #token: AccessToken | null = null;
  #request: TokenRequest | null = null;

  constructor(credential: () => Promise<TokenCredential>, orgUrl: string, clock: Clock) {
    this.#credential = credential;
    this.#scope = `${orgUrl}/.default`;
    this.#clock = clock;
  }

  /** Never rejects. Resolves at the latest when `signal` aborts. */
  async get(signal: AbortSignal): Promise<TokenResult> {
    if (this.#token && this.#token.expiresOnTimestamp - this.#clock.now().getTime() > renewBeforeMs) {
      return { kind: 'token', token: this.#token.token };
    }
    return this.#wait(this.#requestToken({}), signal);
  }

  /** Requests a new token in place of the one that F&O rejected. */
  async renew(rejected: string, signal: AbortSignal): Promise<TokenResult> {
    if (this.#token && this.#token.token !== rejected) return this.get(signal);
    this.#token = null;
    return this.#wait(this.#requestToken({ claims: notBefore(this.#clock.now()) }), signal);
  }

  #requestToken(options: { claims?: string }): Promise<AccessToken> {
    const startedAtMs = this.#clock.uptimeMs();
    if (this.#request?.isPending && startedAtMs - this.#request.startedAtMs < abandonAfterMs)
      return this.#request.token;
    const request: TokenRequest = {
      startedAtMs,
      isPending: true,
      token: this.#fetch(options).finally(() => {
        request.isPending = false;
      }),
    };
    this.#request = request;
    return request.token;
  }

  async #fetch(options: { claims?: string }): Promise<AccessToken> {
    const credential = await this.#credential();
    const token = await credential.getToken(this.#scope, options);
    if (!token) throw new Error('the credential gave no token');
    this.#token = token;
    return token;
  }

  async #wait(request: Promise<AccessToken>, signal: AbortSignal): Promise<TokenResult> {
    const aborted = Promise.withResolvers<TokenResult>();
    const giveUp = () =>
      aborted.resolve({ kind: 'failed', message: 'the token endpoint did not answer in time' });
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    const answered = request.then(
      ({ token }): TokenResult => ({ kind: 'token', token }),
      (error: unknown): TokenResult => ({
        kind: error instanceof SignInFailure && error.needsPerson ? 'refused' : 'failed',
        message: firstLine(error),
      }),
    );
    try {
      return await Promise.race([answered, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }
}

/** A claims challenge that makes a credential skip its cache; managed identities ignore it. */
function notBefore(now: Date): string {
  const value = String(Math.floor(now.getTime() / 1000));
  return JSON.stringify({ access_token: { nbf: { essential: true, value } } });
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').slice(0, 300);
}
