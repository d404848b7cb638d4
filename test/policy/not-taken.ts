import type { NotTaken } from '../../src/policy/outcome.ts';
import { answer } from './builders.ts';

/** One of each kind. */
export const notTaken: NotTaken[] = [
  { kind: 'throttled', retryAfterMs: 120_000, answer: { ...answer, status: 429 } },
  { kind: 'unavailable', retryAfterMs: null, answer: { ...answer, status: 503 } },
  { kind: 'not-sent', cause: 'connection', answer: { ...answer, status: null } },
  { kind: 'not-sent', cause: 'token', answer: { ...answer, status: null } },
  { kind: 'not-sent', cause: 'time', answer: { ...answer, status: null } },
  { kind: 'unauthorized', answer: { ...answer, status: 401 } },
  { kind: 'misconfigured', answer: { ...answer, status: 403 } },
];
