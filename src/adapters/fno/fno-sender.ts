import type { Clock } from '../../ports/clock.ts';
import { FnoHttp, type FnoReply, type FnoRequest } from './fno-http.ts';
import type { TokenSource } from './token-source.ts';

/**
 * Longer than any token request takes. A process that stalled for this long, in ms, sends nothing: another process
 * may have claimed the job.
 */
const stalledMs = 15_000;

/** Sends requests to one F&O environment with a token. */
export class FnoSender {
  readonly orgUrl: string;
  readonly #http: FnoHttp;
  readonly #tokens: TokenSource;
  readonly #clock: Clock;

  constructor(orgUrl: string, tokens: TokenSource, clock: Clock) {
    this.orgUrl = orgUrl;
    this.#http = new FnoHttp(orgUrl);
    this.#tokens = tokens;
    this.#clock = clock;
  }

  /** Sends with a token. If F&O rejects the token, renews it once and sends the request once more. */
  async send(request: Omit<FnoRequest, 'token'>, signal: AbortSignal): Promise<FnoReply> {
    const startedAtMs = this.#clock.uptimeMs();
    const token = await this.#tokens.get(signal);
    if (this.#clock.uptimeMs() - startedAtMs > stalledMs) {
      return { kind: 'not-sent', cause: 'token', message: 'the process stalled before it could send' };
    }
    if (token.kind === 'failed') return { kind: 'not-sent', cause: 'token', message: token.message };
    if (token.kind === 'refused') return { kind: 'sign-in-refused', message: token.message };
    const reply = await this.#http.send({ ...request, token: token.token }, signal);
    if (reply.kind !== 'answered' || reply.status !== 401) return reply;

    const renewed = await this.#tokens.renew(token.token, signal);
    if (renewed.kind !== 'token' || renewed.token === token.token) return reply;
    return this.#http.send({ ...request, token: renewed.token }, signal);
  }
}
