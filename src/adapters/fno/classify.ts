import type { JobId } from '../../domain/job-id.ts';
import type { FnoAnswer, NotTaken, ReadOutcome, SetToWaitingOutcome } from '../../domain/outcome.ts';
import { isObject } from '../../events/schema-validator.ts';
import { parseRetryAfter } from '../shared/retry-after.ts';
import { parseActionAnswer, parseErrorMessage, parseObject } from './answer-body.ts';
import { toObservation } from './batch-job-entity.ts';
import type { FnoReply } from './fno-http.ts';

/** Conflict, Precondition Failed, Locked and Too Early: F&O did not act, and may act on a later request. */
const mayActLater = new Set([409, 412, 423, 425]);

type Answered = Extract<FnoReply, { kind: 'answered' }>;

/** Classifies a reply to SetBatchJobToWaiting. */
export function classifySetToWaiting(reply: FnoReply, jobId: JobId, now: Date): SetToWaitingOutcome {
  if (reply.kind === 'not-sent' || reply.kind === 'sign-in-refused') return notSent(reply);
  if (reply.kind === 'no-answer') return unknown(null, reply.message);
  if (isSuccessful(reply.status)) return classifyAction(reply, jobId);
  if (reply.status >= 500 && reply.status !== 503) {
    const gatewayFault = isServicing(reply.status);
    return { kind: 'unknown', serverError: !gatewayFault, gatewayFault, answer: failed(reply) };
  }
  if (reply.status === 408) return unknown(408, 'HTTP 408');
  return classifyNotTaken(reply, now) ?? refused(reply);
}

/**
 * Classifies a reply to reading a job. A read changes nothing, so a reply without an answer is just `unavailable`.
 */
export function classifyRead(reply: FnoReply, jobId: JobId, now: Date): ReadOutcome {
  if (reply.kind === 'answered') {
    if (isSuccessful(reply.status)) return classifyEntity(reply, jobId);
    if (reply.status === 404 && isODataError(reply)) return { kind: 'not-found', answer: failed(reply) };
  }
  return notRead(reply, now);
}

/** Classifies a reply to a list. `nextLink` leads to the next page, if there is one. */
export function classifyList(
  reply: FnoReply,
  now: Date,
): { kind: 'page'; rows: unknown[]; readAt: Date | null; nextLink: string | null } | NotTaken {
  if (reply.kind !== 'answered' || !isSuccessful(reply.status)) return notRead(reply, now);
  const page = parseObject(reply.body);
  const rows = page?.['value'];
  if (!Array.isArray(rows)) return unavailable(reply.status, 'an answer that is not a list', null);
  const nextLink = page?.['@odata.nextLink'];
  return {
    kind: 'page',
    rows,
    readAt: reply.answeredAt,
    nextLink: typeof nextLink === 'string' ? nextLink : null,
  };
}

/** Classifies a reply to a read that failed. */
function notRead(reply: FnoReply, now: Date): NotTaken {
  if (reply.kind === 'not-sent' || reply.kind === 'sign-in-refused') return notSent(reply);
  if (reply.kind === 'no-answer') return unavailable(null, reply.message, null);
  const notTaken = classifyNotTaken(reply, now);
  if (notTaken) return notTaken;
  const isNotOfFno = reply.status === 404 && !isODataError(reply) && !isNoResource(reply);
  if (reply.status >= 500 || reply.status === 408 || isNotOfFno)
    return unavailable(reply.status, failed(reply).message, null);
  return { kind: 'misconfigured', answer: failed(reply) };
}

function notSent(reply: Extract<FnoReply, { kind: 'not-sent' | 'sign-in-refused' }>): NotTaken {
  const answer = { status: null, isSuccess: null, message: reply.message };
  return reply.kind === 'not-sent'
    ? { kind: 'not-sent', cause: reply.cause, answer }
    : { kind: 'sign-in-refused', answer };
}

function classifyNotTaken(reply: Answered, now: Date): NotTaken | null {
  const { status } = reply;
  const retryAfterMs = parseRetryAfter(reply.retryAfter, now);
  if (status === 429) return { kind: 'throttled', retryAfterMs, answer: failed(reply) };
  if (isServicing(status) || mayActLater.has(status))
    return { kind: 'unavailable', retryAfterMs, answer: failed(reply) };
  if (status === 401) return { kind: 'unauthorized', answer: failed(reply) };
  if (status === 403) return { kind: 'misconfigured', answer: failed(reply) };
  if (status >= 300 && status < 400) {
    const message = `HTTP ${status}, a redirect: FNO_ORG_URL leads to a login page or elsewhere`;
    return { kind: 'misconfigured', answer: { status, isSuccess: null, message } };
  }
  return null;
}

/** HTTP 200 alone proves nothing: IsSuccess and ResponseStatusCode decide, if the answer is about this job. */
function classifyAction(reply: Answered, jobId: JobId): SetToWaitingOutcome {
  const { status } = reply;
  const action = parseActionAnswer(reply.body);
  if (!action) return unknown(status, 'an answer that is not the documented one');
  const { isSuccess, responseStatusCode, exceptionDetails, responseMessage } = action;
  const isOtherJob = action.batchJobId !== null && action.batchJobId !== jobId;
  const contradicts = isSuccess && responseStatusCode !== null && !isSuccessful(responseStatusCode);
  if (isOtherJob || contradicts) return unknown(status, 'an answer that contradicts itself or the request');
  const message = isSuccess ? responseMessage : (exceptionDetails ?? responseMessage);
  return {
    kind: isSuccess ? 'taken' : 'refused',
    answer: { status, isSuccess, message },
    action: { responseStatusCode, isSuccess, exceptionDetails, responseMessage },
  };
}

/** Classifies an HTTP error that is final. */
function refused(reply: Answered): SetToWaitingOutcome {
  const answer = failed(reply);
  const action = {
    responseStatusCode: reply.status,
    isSuccess: false,
    exceptionDetails: answer.message,
    responseMessage: null,
  };
  return { kind: 'refused', answer, action };
}

function classifyEntity(reply: Answered, jobId: JobId): ReadOutcome {
  const entity = parseObject(reply.body);
  const id = entity?.['BatchJobRecId'];
  const isThisJob = (typeof id !== 'number' && typeof id !== 'bigint') || String(id) === jobId;
  const observation = entity && isThisJob ? toObservation(entity, reply.answeredAt) : null;
  if (!observation) return unavailable(reply.status, 'an answer that is not the batch job', null);
  return { kind: 'found', observation, answer: { status: reply.status, isSuccess: null, message: null } };
}

function unknown(status: number | null, message: string): SetToWaitingOutcome {
  const answer = { status, isSuccess: null, message };
  return { kind: 'unknown', serverError: false, gatewayFault: false, answer };
}

function unavailable(status: number | null, message: string | null, retryAfterMs: number | null): NotTaken {
  return { kind: 'unavailable', retryAfterMs, answer: { status, isSuccess: null, message } };
}

function failed(reply: Answered): FnoAnswer {
  const message = parseErrorMessage(reply.body) ?? `HTTP ${reply.status}`;
  return { status: reply.status, isSuccess: null, message };
}

/**
 * Only F&O's OData answers with `error`. Any other 404 comes from a gateway before F&O, or from a wrong address.
 */
function isODataError(reply: Answered): boolean {
  return isObject(parseObject(reply.body)?.['error']);
}

/** ASP.NET answers so where it serves nothing: the address is wrong. */
function isNoResource(reply: Answered): boolean {
  return /^No HTTP resource/i.test(parseErrorMessage(reply.body) ?? '');
}

function isSuccessful(status: number): boolean {
  return status >= 200 && status < 300;
}

function isServicing(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}
