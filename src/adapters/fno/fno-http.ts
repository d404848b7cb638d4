import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { AxiosHeaders, type AxiosRequestConfig, getAdapter, isAxiosError } from 'axios';
import { parseHttpDate } from '../shared/http-date.ts';
import { Slots } from './slots.ts';

export type FnoReply =
  /** `answeredAt` is F&O's clock, from the Date header (RFC 9110, 6.6.1); null if there was none. */
  | {
      kind: 'answered';
      status: number;
      retryAfter: string | undefined;
      answeredAt: Date | null;
      body: string;
    }
  /** The request certainly never left: there was no token, no connection, or no time to wait for a free one. */
  | { kind: 'not-sent'; cause: 'connection' | 'token' | 'time'; message: string }
  /** It never left either: the service cannot sign in until a person changes something. */
  | { kind: 'sign-in-refused'; message: string }
  /**
   * The request may have arrived: the connection broke, no answer came in time, or the answer was cut off or too
   * large.
   */
  | { kind: 'no-answer'; message: string };

export type FnoRequest = { method: 'GET' | 'POST'; path: string; token: string; body: string | null };

/** The limit for an answer: those about F&O's batch jobs are far smaller. */
const maxAnswerBytes = 1024 * 1024;

/**
 * So many requests of each kind are under way at the same time: more than any rate limit allows. Reads do not stand
 * before requeues.
 */
export const maxAtOnce = 32;

/** Answers are about a kilobyte: to compress them costs more than to send them. */
const plainJson = { Accept: 'application/json', 'Accept-Encoding': 'identity' };

/** axios without what it does around a request, such as merging settings: that takes as long as the request itself. */
const sendOverHttp = getAdapter('http');

/**
 * Sends requests to one F&O environment over kept-alive connections. Follows no redirect: its target would get the
 * token.
 */
export class FnoHttp {
  readonly #orgUrl: string;
  readonly #settings: AxiosRequestConfig = {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
    maxRedirects: 0,
    // The token goes to F&O only. This also spares each request a look at the environment.
    proxy: false,
    maxContentLength: maxAnswerBytes,
    responseType: 'text',
    validateStatus: () => true,
  };

  readonly #slots = { GET: new Slots(maxAtOnce), POST: new Slots(maxAtOnce) };

  constructor(orgUrl: string) {
    this.#orgUrl = orgUrl;
  }

  /**
   * Never rejects. Resolves at the latest when `signal` aborts. What waits for others then was certainly not sent: an
   * agent's own queue would not tell.
   */
  async send(request: FnoRequest, signal: AbortSignal): Promise<FnoReply> {
    const slots = this.#slots[request.method];
    if (!(await slots.take(signal)))
      return { kind: 'not-sent', cause: 'time', message: 'no time was left to wait for other requests' };
    try {
      return await this.#sendNow(request, signal);
    } finally {
      slots.giveBack();
    }
  }

  async #sendNow(request: FnoRequest, signal: AbortSignal): Promise<FnoReply> {
    const { method, path, token, body } = request;
    const headers = new AxiosHeaders({ Authorization: `Bearer ${token}`, ...plainJson });
    if (body !== null) headers.setContentType('application/json');
    try {
      const answer = await sendOverHttp({
        ...this.#settings,
        method,
        // The whole URL: axios takes a path that begins with // for another host.
        url: `${this.#orgUrl}${path}`,
        headers,
        ...(body === null ? {} : { data: body }),
        signal,
      });
      const text: unknown = answer.data;
      return {
        kind: 'answered',
        status: answer.status,
        retryAfter: textOf(answer.headers['retry-after']),
        answeredAt: parseHttpDate(textOf(answer.headers['date'])),
        body: typeof text === 'string' ? text : '',
      };
    } catch (error) {
      if (signal.aborted) return { kind: 'no-answer', message: 'no answer in time' };
      const message = messageOf(error);
      return neverLeft(error)
        ? { kind: 'not-sent', cause: 'connection', message }
        : { kind: 'no-answer', message };
    }
  }
}

function textOf(header: unknown): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

/** An axios error holds the request's headers, and so the token: use only its code or message. */
function messageOf(error: unknown): string {
  if (!isAxiosError(error)) return error instanceof Error ? error.message : String(error);
  return error.code === undefined || error.code === 'ERR_BAD_RESPONSE' ? error.message : error.code;
}

/**
 * Whether it failed in resolving the name, connecting or the TLS handshake's checks: before any byte of the
 * request.
 */
function neverLeft(error: unknown): boolean {
  const cause = isAxiosError(error) ? (error.cause ?? error) : error;
  if (cause instanceof AggregateError) return cause.errors.every(neverLeft);
  if (!(cause instanceof Error)) return false;
  if ('syscall' in cause && (cause.syscall === 'connect' || cause.syscall === 'getaddrinfo')) return true;
  return (
    'code' in cause &&
    typeof cause.code === 'string' &&
    /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_CERT)/.test(cause.code)
  );
}
