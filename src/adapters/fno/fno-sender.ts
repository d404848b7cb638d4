import type { Clock } from '../../ports/clock.ts';
import { memoizeUntilFailure } from '../shared/memoize-until-failure.ts';
import type { FnoHttp, FnoReply, FnoRequest } from './fno-http.ts';
import type { TokenSource } from './token-source.ts';

/**
 * Longer than any token request takes. A process that stalled for this long, in ms, sends nothing: another process
 * may have claimed the job.
 */
const stalledMs = 15_000;

/** Sends requests to one F&O environment with a token. */
export class FnoSender {
  readonly orgUrl: string;
  /** The first request loads the HTTP client while it gets its token: loading takes longer than most answers. */
  readonly #http: () => Promise<FnoHttp>;
  readonly #tokens: TokenSource;
  readonly #clock: Clock;

  constructor(orgUrl: string, tokens: TokenSource, clock: Clock) {
    this.orgUrl = orgUrl;
    this.#http = memoizeUntilFailure(async () => new (await import('./fno-http.ts')).FnoHttp(orgUrl));
    this.#tokens = tokens;
    this.#clock = clock;
  }

  /** Sends with a token. If F&O rejects the token, renews it once and sends the request once more. */
  async send(request: Omit<FnoRequest, 'token'>, signal: AbortSignal): Promise<FnoReply> {
    const startedAtMs = this.#clock.uptimeMs();
    const [token, http] = await Promise.all([this.#tokens.get(signal), this.#http()]);
    if (this.#clock.uptimeMs() - startedAtMs > stalledMs) {
      return { kind: 'not-sent', cause: 'token', message: 'the process stalled before it could send' };
    }
    if (token.kind === 'failed') return { kind: 'not-sent', cause: 'token', message: token.message };
    if (token.kind === 'refused') return { kind: 'sign-in-refused', message: token.message };
    if (signal.aborted) {
      return { kind: 'not-sent', cause: 'time', message: 'no time was left to send it' };
    }
    const reply = await http.send({ ...request, token: token.token }, signal);
    if (reply.kind !== 'answered' || reply.status !== 401) return reply;

    const renewed = await this.#tokens.renew(token.token, signal);
    if (renewed.kind !== 'token' || renewed.token === token.token) return reply;
    return http.send({ ...request, token: renewed.token }, signal);
  }
}
