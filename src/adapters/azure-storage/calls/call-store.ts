import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../../../ports/ledger.ts';
import { TokenUnavailable } from './shared-tokens.ts';
import { storeAnswer } from './store-answer.ts';

/**
 * The time limit of one port call, retries included, in ms: three calls in a row fit into the webhook's 8 s. One
 * attempt may use all of it, so a slow store gets no extra requests.
 */
const callMs = 1_600;

/** The pauses before the second and the third attempt, in ms. */
const pausesMs = [50, 150];

/**
 * Turns off the SDKs' own retries, which take seconds and follow any Retry-After: `callStore` retries instead.
 * `tryTimeoutInMs` asks the queue service to give up once no caller waits; it must be whole seconds.
 */
export const tableClientOptions = { retryOptions: { maxRetries: 0 } };
export const queueClientOptions = { retryOptions: { maxTries: 1, tryTimeoutInMs: 2_000 } };

/** A timer that is later than this, in ms, shows that this process has stalled. */
const stalledMs = 20;

/** The least time, in ms, in which a process that has stalled reads the answers that came meanwhile. */
const leastMoreMs = 250;

/**
 * Aborts when the time of a call is over. If this process stalled meanwhile, because the machine is busy, the answer
 * may be there unread: then the call gets as much time more as the timer was late, and at most its time once more.
 */
export function startDeadline(): AbortSignal {
  const deadline = new AbortController();
  const overAtMs = performance.now() + callMs;
  const giveUp = () => deadline.abort(timeIsOver);
  setTimeout(() => {
    const lateMs = performance.now() - overAtMs;
    if (lateMs < stalledMs) giveUp();
    else setTimeout(giveUp, Math.min(Math.max(lateMs, leastMoreMs), callMs)).unref();
  }, callMs).unref();
  return deadline.signal;
}

/** Most calls have ended by then: an error of its own for each, with its stack, would be for nobody. */
const timeIsOver = new Error('The time of the call is over.');

/**
 * Sends one request to the store, retries transient errors, and settles by the deadline whatever the network and
 * the token endpoint do. Rejects with StoreUnavailable if the store cannot be reached; that error holds no address
 * and no request, because both carry keys. Rejects with the SDK's error if the answer is final.
 */
export async function callStore<Result>(
  deadline: AbortSignal,
  send: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await withinDeadline(deadline, send);
    } catch (error) {
      const failure = asFailure(error);
      if (!failure) throw error;
      const pauseMs = pausesMs[attempts - 1];
      if (!failure.isTransient || pauseMs === undefined || deadline.aborted)
        throw unavailable(failure.reason, attempts);
      await sleep(pauseMs);
    }
  }
}

/**
 * `carried-out`: the store confirmed the request. `late`: no answer came in time, so the store may have carried it
 * out.
 */
export type SentOnce = 'carried-out' | 'late';

/** Node's codes for a connection that never opened: nothing was sent. */
const notSentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Sends one request that is not idempotent: retries it only if nothing was sent. Otherwise as `callStore`. */
export async function callStoreOnce(
  deadline: AbortSignal,
  send: (signal: AbortSignal) => Promise<unknown>,
): Promise<SentOnce> {
  for (let attempts = 1; ; attempts++) {
    try {
      await withinDeadline(deadline, send);
      return 'carried-out';
    } catch (error) {
      const failure = asFailure(error);
      if (!failure) throw error;
      if (failure.isLate) return 'late';
      const pauseMs = pausesMs[attempts - 1];
      const wasSent = !notSentCodes.has(failure.reason);
      if (wasSent || pauseMs === undefined || deadline.aborted) throw unavailable(failure.reason, attempts);
      await sleep(pauseMs);
    }
  }
}

/** A hanging token endpoint ignores the signal, so the answer races against the deadline. */
function withinDeadline<Result>(
  deadline: AbortSignal,
  send: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new NoAnswerInTime());
    if (deadline.aborted) {
      giveUp();
      return;
    }
    deadline.addEventListener('abort', giveUp, { once: true });
    send(deadline)
      .then(resolve, reject)
      .finally(() => deadline.removeEventListener('abort', giveUp));
  });
}

class NoAnswerInTime extends Error {}

type Failure = { reason: string; isTransient: boolean; isLate?: true };

/** Explains why the store cannot be reached; null for a final answer and for a bug. */
function asFailure(error: unknown): Failure | null {
  if (error instanceof NoAnswerInTime || (error instanceof Error && error.name === 'AbortError')) {
    return { reason: 'no answer in time', isTransient: false, isLate: true };
  }
  if (error instanceof TokenUnavailable) return { reason: error.message, isTransient: false };
  const answer = storeAnswer(error);
  if (!answer) return null;
  const { status, code = 'no code' } = answer;
  if (status === undefined) return { reason: code, isTransient: true };
  const reason = `HTTP ${status}, ${code}`;
  if (code === 'OperationTimedOut') return { reason, isTransient: true, isLate: true };
  if (status === 408 || status === 429 || status >= 500 || code === 'PARSE_ERROR')
    return { reason, isTransient: true };
  const isClosed = status === 401 || status === 403 || code.endsWith('BeingDeleted');
  return isClosed || answer.code === undefined ? { reason, isTransient: false } : null;
}

function unavailable(reason: string, attempts: number): StoreUnavailable {
  return new StoreUnavailable(
    `Azure Storage cannot be reached: ${reason} (${attempts === 1 ? '1 attempt' : `${attempts} attempts`}).`,
  );
}
