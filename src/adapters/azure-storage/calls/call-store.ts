import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../../../ports/ledger.ts';
import { TokenUnavailable } from './shared-tokens.ts';
import { storeAnswer } from './store-answer.ts';

/**
 * What a call of a port may take in all, with its retries, in ms: three in a row fit the webhook's 8 s. One try may
 * take all of it: a store that answers late is not sent more requests for it.
 */
const callMs = 1_600;

/** The pauses before the second and the third try, in ms. */
const pausesMs = [50, 150];

/**
 * The SDKs' own retries are off (theirs take seconds, and follow any Retry-After), so that these are all.
 * The try timeout asks the queue service to give up when nobody waits any more; it counts whole seconds.
 */
export const tableClientOptions = { retryOptions: { maxRetries: 0 } };
export const queueClientOptions = { retryOptions: { maxTries: 1, tryTimeoutInMs: 2_000 } };

export function startDeadline(): AbortSignal {
  return AbortSignal.timeout(callMs);
}

/**
 * Sends one request to the store, again if that may help, and settles by the deadline whatever the network and
 * the token endpoint do. A store that cannot be reached rejects with StoreUnavailable, which names no address
 * and holds no request: those carry keys. What the service answers for good is for the caller.
 */
export async function callStore<Result>(
  deadline: AbortSignal,
  send: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await inTime(deadline, send);
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

/** Whether a request was carried out: for certain, or perhaps, for its answer did not come in time. */
export type SentOnce = 'carried-out' | 'late';

/** Codes of Node for a connection that was never there: nothing was sent. */
const notSentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Sends one request to the store whose second sending would not be harmless: again only if it certainly was not
 * sent. Otherwise as `callStore`.
 */
export async function callStoreOnce(
  deadline: AbortSignal,
  send: (signal: AbortSignal) => Promise<unknown>,
): Promise<SentOnce> {
  for (let attempts = 1; ; attempts++) {
    try {
      await inTime(deadline, send);
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

/** A hanging token endpoint does not heed the signal, so the answer is raced against it. */
function inTime<Result>(
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

/** Why the store cannot be reached, or null for an answer that is final, and for a bug. */
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
