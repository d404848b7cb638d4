import type { Answer } from './answer.ts';
import { htmlAnswer, jsonAnswer } from './answer.ts';

export type LogsFault =
  | { kind: 'throttled'; retryAfter: string | null }
  /** The identity lacks the role. */
  | { kind: 'forbidden' }
  | { kind: 'error'; status: number; code: string }
  /** 200 with the first rows only, and an error beside them. */
  | { kind: 'partial'; rows: number }
  | { kind: 'html' }
  /** To another address, which would get the token. */
  | { kind: 'redirect'; to: string }
  | { kind: 'hang' };

/** Null: no answer. */
export function logsFaultAnswer(fault: Exclude<LogsFault, { kind: 'partial' }>): Answer | null {
  switch (fault.kind) {
    case 'throttled': {
      const retryAfter = fault.retryAfter === null ? {} : { 'retry-after': fault.retryAfter };
      return jsonAnswer(429, problem('ThrottledError', 'Too many requests'), retryAfter);
    }
    case 'forbidden':
      return jsonAnswer(
        403,
        problem(
          'InsufficientAccessError',
          'The provided credentials have insufficient access to perform the requested operation',
        ),
      );
    case 'error':
      return jsonAnswer(fault.status, problem(fault.code, 'The query could not be answered'));
    case 'html':
      return htmlAnswer(200, '<!doctype html><title>Sign in</title>');
    case 'redirect':
      return htmlAnswer(307, '', { location: fault.to });
    case 'hang':
      return null;
  }
}

function problem(code: string, message: string): { error: object } {
  return { error: { code, message, correlationId: '00000000-0000-0000-0000-000000000000' } };
}
