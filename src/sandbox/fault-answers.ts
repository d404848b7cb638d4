import type { Answer } from './answer.ts';
import { htmlAnswer, jsonAnswer, noSuchPath, odataError, unauthorized } from './answer.ts';
import type { Fault, RetryAfter } from './faults.ts';
import type { Target } from './routes.ts';
import { loginPath } from './routes.ts';

/** Faults that break the connection or the time, rather than the answer. */
type ConnectionFaultKind = 'reset' | 'hang' | 'trickle' | 'cut' | 'delay';
export type ConnectionFault = Extract<Fault, { kind: ConnectionFaultKind }>;
export type AnswerFault = Exclude<Fault, ConnectionFault>;

const overOneMebibyte = 1024 * 1024 + 1;

export function isConnectionFault(fault: Fault): fault is ConnectionFault {
  return ['reset', 'hang', 'trickle', 'cut', 'delay'].includes(fault.kind);
}

/** The real answer if F&O is to act before the fault; otherwise an answer that no client should get to read. */
export function answerBeneath(fault: { committed?: boolean }, target: Target): Answer {
  return fault.committed ? target.answer() : target.refuse(500, 'The sandbox did nothing.');
}

/** A whole answer, but not the requested one. */
export function faultAnswer(fault: AnswerFault, target: Target, orgUrl: string): Answer {
  switch (fault.kind) {
    case 'refused': {
      const message = fault.message ?? 'The batch job cannot be set to waiting: its batch group is locked.';
      return target.refuse(fault.responseStatusCode ?? 400, message);
    }
    case 'html':
      answerBeneath(fault, target);
      return htmlAnswer(200, page('Loading'));
    case 'broken-json': {
      const whole = answerBeneath(fault, target);
      return { ...whole, status: 200, body: whole.body.slice(0, -2) };
    }
    case 'other-shape':
      answerBeneath(fault, target);
      return jsonAnswer(200, { message: 'ok', items: [] });
    case 'unauthorized':
      return unauthorized();
    case 'forbidden':
      return odataError(
        403,
        'The user is not authorized to perform this operation.',
        'System.UnauthorizedAccessException',
      );
    case 'not-found':
      if (fault.from === 'gateway') return { status: 404, headers: {}, body: '' };
      if (fault.from === 'odata') return odataError(404, 'There is no such batch job.');
      return noSuchPath(`${orgUrl}/data`);
    case 'throttled':
      return {
        ...odataError(429, 'Too many requests; the service protects itself.', 'Throttled'),
        headers: { 'content-type': 'application/json; charset=utf-8', ...retryAfterHeader(fault.retryAfter) },
      };
    case 'business-error':
      return odataError(500, fault.message ?? 'The batch job is locked by its group and cannot be changed.');
    case 'server-error':
      answerBeneath(fault, target);
      return odataError(500, 'Unexpected failure.', 'System.Exception');
    case 'unavailable':
      answerBeneath(fault, target);
      return htmlAnswer(
        fault.status,
        page('Service unavailable'),
        retryAfterHeader(fault.retryAfter ?? null),
      );
    case 'redirect':
      return htmlAnswer(fault.status, page('Moved'), { location: `${orgUrl}${loginPath}` });
    case 'oversized': {
      const whole = answerBeneath(fault, target);
      return { ...whole, status: 200, body: whole.body + ' '.repeat(overOneMebibyte) };
    }
    case 'token-error':
      return jsonAnswer(fault.status, { statusCode: fault.status, message: 'No token today.' });
  }
}

function page(title: string): string {
  return `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
}

function retryAfterHeader(retryAfter: RetryAfter): Record<string, string> {
  return retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
}
