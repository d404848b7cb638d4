import { findEnvironment } from './choose-environment.ts';
import { Problem } from './problem.ts';
import { queryParameter } from './query-parameter.ts';
import { readLimit } from './read-limit.ts';
import type { Route, RouteRequest } from './route.ts';
import { jsonAnswer } from './route-answer.ts';

/** Lists the configured environments, for a dropdown. */
export const listEnvironmentsRoute: Route = {
  name: 'list-environments',
  method: 'GET',
  path: 'environments',
  auth: 'function',
  summary: 'The configured environments',
  answers: { 200: 'The list' },
  problems: [],
  handle: ({ fnoEnvironments }) =>
    Promise.resolve(jsonAnswer({ value: fnoEnvironments.map(({ name, orgUrl }) => ({ name, orgUrl })) })),
};

const maxSearchLength = 100;

/** Lists F&O's own batch jobs, for a dropdown. */
export const listFnoBatchJobsRoute: Route = {
  name: 'list-fno-batch-jobs',
  method: 'GET',
  path: 'environments/{environment}/batch-jobs',
  auth: 'function',
  summary:
    'The batch jobs that F&O itself has, those in Error first. `search` is an id or a part of the description',
  answers: { 200: 'The list, also an empty one; `warning` if there may be more' },
  problems: ['unknown-environment', 'invalid-parameter', 'fno-unavailable'],
  async handle(useCases, request, params) {
    const environment = findEnvironment(useCases.fnoEnvironments, params['environment'] ?? '');
    const query = { search: readSearch(request), limit: readLimit(request) };
    const listed = await useCases.listFnoJobs(environment, query);
    if (listed.kind !== 'listed') {
      const reason = listed.answer.message ?? `it is ${listed.kind}`;
      throw new Problem('fno-unavailable', `F&O did not list its batch jobs: ${reason}.`);
    }
    const value = listed.jobs.map(({ jobId, description, status, legalEntity, endedAt }) => {
      const title = `${description} (${jobId}, ${status})`.trim();
      return { jobId, description, status, legalEntity, endedAt, title };
    });
    return jsonAnswer(listed.cutOff === null ? { value } : { value, warning: listed.cutOff });
  },
};

function readSearch(request: RouteRequest): string | null {
  const search = queryParameter(request, 'search')?.trim() ?? '';
  if (search.length > maxSearchLength)
    throw new Problem('invalid-parameter', `search must have at most ${maxSearchLength} characters.`);
  return search === '' ? null : search;
}
