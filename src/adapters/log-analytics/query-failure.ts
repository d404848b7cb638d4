import type { RestError } from '@azure/core-rest-pipeline';
import { scrub } from '../../domain/scrub.ts';
import type { NoTelemetry } from '../../ports/failure-texts.ts';
import { parseRetryAfter } from '../shared/retry-after.ts';
import { SignInFailure } from '../shared/sign-in-failure.ts';

/**
 * What an error of a query means. `rest` is the error itself if Log Analytics, or the way to it, is its cause.
 * @see https://learn.microsoft.com/azure/azure-monitor/logs/api/errors
 */
export function queryFailure(error: unknown, rest: RestError | null, now: Date): NoTelemetry {
  if (error instanceof SignInFailure) {
    const message = `The service gets no token for Log Analytics: ${error.message}.`;
    return { kind: error.needsPerson ? 'misconfigured' : 'unavailable', message };
  }
  if (!rest) return { kind: 'unavailable', message: `The query of Log Analytics failed: ${wordsOf(error)}.` };
  const said = `${rest.statusCode ?? 'no answer'}, ${codeOf(rest)}`;
  switch (rest.statusCode) {
    case 429: {
      const retryAfterMs = parseRetryAfter(rest.response?.headers.get('retry-after'), now);
      return { kind: 'throttled', retryAfterMs, message: 'Log Analytics throttles the service.' };
    }
    case 401:
    case 403: {
      const role = 'Give it the role Log Analytics Reader on the workspace.';
      const message = `The service's identity may not read the telemetry of F&O (${said}). ${role}`;
      return { kind: 'misconfigured', message };
    }
    case 400:
    case 404: {
      const message = `Log Analytics knows no such workspace, or it holds no telemetry of F&O (${said}).`;
      return { kind: 'misconfigured', message };
    }
    default:
      return { kind: 'unavailable', message: `Log Analytics gave no usable answer (${said}).` };
  }
}

/** The error also holds the request with its token, and texts of any length: only its code is told, if it is one. */
function codeOf({ code, details }: RestError): string {
  const body = isObject(details) && isObject(details['error']) ? details['error'] : {};
  const told = scrub(typeof body['code'] === 'string' ? body['code'] : (code ?? ''), 100);
  return /^[\w.-]{1,60}$/.test(told) ? told : 'no code';
}

function wordsOf(error: unknown): string {
  return scrub(error instanceof Error ? error.message : String(error), 200);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
