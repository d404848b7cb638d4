import type { ActionAnswer, AnswerSpelling } from './action-answer.ts';
import { spellAnswer } from './action-answer.ts';
import type { Answer } from './answer.ts';
import { htmlAnswer, jsonAnswer, noSuchPath, odataError, unauthorized } from './answer.ts';
import { batchJobEntity } from './batch-job-entity.ts';
import { listRows, readJob } from './batch-job-reads.ts';
import type { FaultRoute } from './faults.ts';
import { historyEntity } from './history-entity.ts';
import { int64Digits } from './json.ts';
import { metadataDocument, serviceDocument, type NamedEntity } from './service-document.ts';
import { actionPath, readActionBody, refusal, setBatchJobToWaiting } from './set-to-waiting-action.ts';
import type { SimulatedBatchJobs } from './simulated-batch-jobs.ts';
import type { TokenEndpoint } from './token-endpoint.ts';
import { tokenPath } from './token-endpoint.ts';

export const loginPath = '/login';

export type RequestRoute = FaultRoute | 'other';

export interface Incoming {
  method: string;
  url: URL;
  headers: {
    authorization?: string | undefined;
    contentType?: string | undefined;
    secret?: string | undefined;
  };
  rawBody: string;
}

/** The meaning of a request, before the sandbox acts on it. */
export interface Target {
  route: RequestRoute;
  jobId: string | null;
  authorized: boolean;
  /** F&O itself answers, and dates its answers by its own clock. */
  isFno: boolean;
  /** Performs the request and returns the answer. */
  answer: () => Answer;
  /** Does nothing, and returns a refusal in the route's own form. */
  refuse: (responseStatusCode: number, message: string) => Answer;
}

export interface RouteParts {
  jobs: SimulatedBatchJobs;
  tokens: TokenEndpoint;
  orgUrl: string;
  pageSize: number;
  spelling: AnswerSpelling;
  loginPage: { sawToken: boolean };
  /** The entity set of the batch history; null: this F&O shows none. */
  historySet: string | null;
  /** How many entities $metadata names besides. */
  otherEntities: number;
}

export function findTarget(incoming: Incoming, parts: RouteParts): Target {
  const isFno = incoming.url.pathname.startsWith('/data');
  const target = { ...byPath(incoming, decodedPath(incoming.url), parts), isFno };
  return target.authorized || !isFno ? target : { ...target, answer: unauthorized };
}

function byPath(incoming: Incoming, path: string, parts: RouteParts): Omit<Target, 'isFno'> {
  const { method, url, headers } = incoming;
  const { jobs, tokens, orgUrl } = parts;
  const about = {
    jobId: null,
    authorized: tokens.accepts(headers.authorization, orgUrl),
    refuse: odataError,
  };

  if (path === tokenPath) {
    const authorized = headers.secret === tokens.secret;
    const answer = (): Answer => (authorized ? tokens.answer(url.searchParams) : wrongSecret());
    return { ...about, route: 'token', authorized, answer: only('GET', method, answer) };
  }
  if (path === loginPath) {
    return { ...about, route: 'other', authorized: false, answer: () => login(parts, headers.authorization) };
  }
  if (path === actionPath) return { ...about, route: 'action', ...actionTarget(incoming, parts) };
  const list = listTarget(incoming, path, parts);
  if (list) return { ...about, ...list };
  const key = /^\/data\/BatchJobs\((?:BatchJobRecId=)?([^)]*)\)$/.exec(path)?.[1];
  if (key !== undefined) {
    const jobId = int64Digits(key);
    const answer = (): Answer => readJob(jobs, jobId, url, orgUrl);
    return { ...about, route: 'read', jobId, answer: only('GET', method, answer) };
  }
  return { ...about, route: 'other', answer: () => noSuchPath(path) };
}

/** What answers with a list: entities, or the names of all. */
function listTarget(
  { method, url }: Incoming,
  path: string,
  parts: RouteParts,
): Pick<Target, 'route' | 'answer'> | null {
  const { jobs, orgUrl, pageSize, historySet, otherEntities } = parts;
  const history = historySet === null ? null : historyEntity(historySet);
  const named: NamedEntity[] = history ? [batchJobEntity, history] : [batchJobEntity];
  const get = (route: RequestRoute, answer: () => Answer) => ({ route, answer: only('GET', method, answer) });
  if (path === `/data/${batchJobEntity.set}`)
    return get('list', () => listRows(jobs.all(), batchJobEntity, pageSize, url, orgUrl));
  if (history && path === `/data/${history.set}`)
    return get('history', () => listRows(jobs.history(), history, pageSize, url, orgUrl));
  if (path === '/data' || path === '/data/')
    return get('metadata', () => serviceDocument(named, otherEntities, orgUrl));
  if (path === '/data/$metadata') return get('metadata', () => metadataDocument(named, otherEntities));
  return null;
}

function actionTarget(
  { method, headers, rawBody }: Incoming,
  { jobs, orgUrl, spelling }: RouteParts,
): Pick<Target, 'jobId' | 'answer' | 'refuse'> {
  const spell = (answer: ActionAnswer): Answer => jsonAnswer(200, spellAnswer(answer, spelling, orgUrl));
  const body = readActionBody(rawBody);
  const jobId = 'jobId' in body ? body.jobId : null;
  const answer = (): Answer => {
    if (!/^application\/json\b/i.test(headers.contentType ?? '')) return notJson();
    return 'jobId' in body ? spell(setBatchJobToWaiting(jobs, body.jobId)) : body.refusal;
  };
  return {
    jobId,
    answer: only('POST', method, answer),
    refuse: (status, message) => spell(refusal(jobId ?? '0', status, message)),
  };
}

function only(allowed: string, method: string, answer: () => Answer): () => Answer {
  if (method === allowed) return answer;
  return () => jsonAnswer(405, { Message: `The resource does not take ${method}.` }, { allow: allowed });
}

function notJson(): Answer {
  return jsonAnswer(415, { Message: 'The request body must be application/json.' });
}

function wrongSecret(): Answer {
  return jsonAnswer(401, { statusCode: 401, message: 'x-identity-header is missing or wrong' });
}

function login(parts: RouteParts, authorization: string | undefined): Answer {
  if (authorization !== undefined) parts.loginPage.sawToken = true;
  return htmlAnswer(200, '<!doctype html><title>Sign in</title><h1>Sign in to your account</h1>');
}

function decodedPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    return url.pathname;
  }
}
