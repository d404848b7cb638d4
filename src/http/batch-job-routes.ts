import { parseJobId } from '../domain/job-id.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import { readKey } from './batch-job-key.ts';
import { namedEnvironment } from './choose-environment.ts';
import { nextLink, readPosition } from './next-link.ts';
import { Problem } from './problem.ts';
import { queryParameter } from './query-parameter.ts';
import { readLimit } from './read-limit.ts';
import { environmentProblems, type Route } from './route.ts';
import { jsonAnswer } from './route-answer.ts';

export const listBatchJobsRoute: Route = {
  name: 'list-batch-jobs',
  method: 'GET',
  path: 'batch-jobs',
  auth: 'function',
  summary: 'The jobs that the service has a record of, in all environments unless you name one',
  answers: { 200: 'A page, also an empty one' },
  problems: [...environmentProblems, 'invalid-parameter', 'store-unavailable'],
  async handle(useCases, request) {
    const environment = namedEnvironment(useCases.fnoEnvironments, request);
    const limit = readLimit(request);
    const jobs = await useCases.readJobs.list(
      readKeyAfter(queryParameter(request, 'after')),
      limit + 1,
      environment,
    );
    const page = jobs.slice(0, limit);
    const last = page.at(-1);
    const next = jobs.length > limit && last ? `${last.environment}/${last.jobId}` : null;
    return jsonAnswer({ value: page, ...nextLink(request, 'after', next) });
  },
};

export const getBatchJobRoute: Route = {
  name: 'get-batch-job',
  method: 'GET',
  path: 'batch-jobs/{jobId}',
  auth: 'function',
  summary: 'One job: its state, its count and its policy entry',
  answers: { 200: 'The job' },
  problems: [...environmentProblems, 'invalid-parameter', 'not-found', 'store-unavailable'],
  async handle(useCases, request, params) {
    const key = readKey(useCases, request, params);
    const job = await useCases.readJobs.get(key);
    if (!job) {
      const detail = `The service has received no failure of batch job ${key.jobId} in ${key.environment} that a policy entry matches.`;
      throw new Problem('not-found', detail);
    }
    return jsonAnswer(job);
  },
};

export const batchJobHistoryRoute: Route = {
  name: 'batch-job-history',
  method: 'GET',
  path: 'batch-jobs/{jobId}/history',
  auth: 'function',
  summary: 'The decisions on a job, the newest first. The service keeps them for 90 days',
  answers: { 200: 'A page; an empty one for a job without a record' },
  problems: [...environmentProblems, 'invalid-parameter', 'store-unavailable'],
  async handle(useCases, request, params) {
    const limit = readLimit(request);
    const key = readKey(useCases, request, params);
    const entries = await useCases.readJobs.history(
      key,
      readPosition('before', queryParameter(request, 'before')),
      limit + 1,
    );
    const page = entries.slice(0, limit);
    const next = entries.length > limit ? (page.at(-1)?.position ?? null) : null;
    const value = page.map(({ position: _position, ...entry }) => entry);
    return jsonAnswer({ value, ...nextLink(request, 'before', next) });
  },
};

function readKeyAfter(text: string | null): BatchJobKey | null {
  if (text === null) return null;
  const [environment, digits] = text.split('/');
  const jobId = parseJobId(digits ?? '');
  if (!environment || jobId === null)
    throw new Problem('invalid-parameter', 'after must come from a nextLink.');
  return { environment, jobId };
}
