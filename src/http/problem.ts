import { rejectionTitles } from '../usecases/intake/rejection.ts';
import type { RouteAnswer } from './route-answer.ts';

/** The problems that the service answers with (RFC 9457). problem-advice.ts says what to do about each. */
export const problems = {
  'not-json': { status: 400, title: rejectionTitles['not-json'] },
  unauthorized: { status: 401, title: 'No key, or a wrong one' },
  forbidden: { status: 403, title: 'The caller is not allowed' },
  'not-found': { status: 404, title: 'Nothing is found here' },
  'request-unsettled': { status: 409, title: 'Another request for this job is not settled' },
  'too-large': { status: 413, title: rejectionTitles['too-large'] },
  'unsupported-media-type': { status: 415, title: 'The body is not declared as plain JSON' },
  'invalid-event': { status: 422, title: rejectionTitles['invalid-event'] },
  'invalid-body': { status: 422, title: 'The body is not as expected' },
  'invalid-policy': { status: 422, title: 'The policy is not valid' },
  'invalid-callback': { status: 422, title: 'The callback address may not be called' },
  'unknown-environment': { status: 422, title: rejectionTitles['unknown-environment'] },
  'environment-not-named': { status: 422, title: rejectionTitles['environment-not-named'] },
  'invalid-parameter': { status: 422, title: 'A parameter is not valid' },
  'internal-error': { status: 500, title: 'The service failed' },
  'fno-unavailable': { status: 503, title: 'F&O cannot be asked now' },
  'not-ready': { status: 503, title: 'A part does not work' },
  'store-unavailable': { status: 503, title: 'The store cannot be reached' },
  misconfigured: { status: 503, title: 'The service is not set up' },
} as const;

export type ProblemKind = keyof typeof problems;

/** Where in the body, as a JSON pointer (RFC 6901), and what is wrong there. */
export type ProblemPlace = { pointer: string; message: string };

export type ProblemDetails = {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: readonly ProblemPlace[];
  /** The parts, in `not-ready` only. */
  parts?: readonly object[];
};

export function problemDetails(
  kind: ProblemKind,
  detail: string,
  errors?: readonly ProblemPlace[],
): ProblemDetails {
  const { status, title } = problems[kind];
  const type = `urn:batch-retry:problem:${kind}`;
  return { type, title, status, detail, ...(errors ? { errors } : {}) };
}

/** How long a caller that got a 503 should wait, in seconds. */
const retryAfterSeconds = 5;

export function problemResponse(problem: ProblemDetails): RouteAnswer {
  const { status } = problem;
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      ...(status === 503 ? { 'Retry-After': String(retryAfterSeconds) } : {}),
    },
    body: JSON.stringify(problem),
  };
}

/** A handler throws it to answer with a problem. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly details: ProblemDetails;

  constructor(kind: ProblemKind, detail: string, errors?: readonly ProblemPlace[]) {
    super(detail);
    this.details = problemDetails(kind, detail, errors);
  }
}
