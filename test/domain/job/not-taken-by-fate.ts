import type { FnoAnswer, NotTaken } from '../../../src/domain/outcome.ts';

/** What may keep a request from being taken, for certain. */
export const notTakenFates = [
  'throttled',
  'unavailable',
  'no connection',
  'no token',
  'token not accepted',
  'no permission',
] as const;

export const noAnswer: FnoAnswer = { status: null, isSuccess: null, message: null };

export function notTakenBy(fate: (typeof notTakenFates)[number]): NotTaken {
  switch (fate) {
    case 'throttled':
      return { kind: 'throttled', retryAfterMs: 120_000, answer: { ...noAnswer, status: 429 } };
    case 'unavailable':
      return { kind: 'unavailable', retryAfterMs: null, answer: { ...noAnswer, status: 503 } };
    case 'no connection':
      return { kind: 'not-sent', cause: 'connection', answer: noAnswer };
    case 'no token':
      return { kind: 'not-sent', cause: 'token', answer: noAnswer };
    case 'token not accepted':
      return { kind: 'unauthorized', answer: { ...noAnswer, status: 401 } };
    case 'no permission':
      return { kind: 'misconfigured', answer: { ...noAnswer, status: 403 } };
  }
}
