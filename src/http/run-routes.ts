import type { RunView } from '../usecases/operate/read-runs.ts';
import { readKey } from './batch-job-key.ts';
import { chooseEnvironment } from './choose-environment.ts';
import { nextLink, readPosition } from './next-link.ts';
import { queryParameter } from './query-parameter.ts';
import { readInstant } from './read-instant.ts';
import { readLimit } from './read-limit.ts';
import { environmentProblems, type Route } from './route.ts';
import { jsonAnswer } from './route-answer.ts';

export const batchJobRunsRoute: Route = {
  name: 'batch-job-runs',
  method: 'GET',
  path: 'batch-jobs/{jobId}/runs',
  auth: 'function',
  summary:
    'The runs of a listed job that the [watch](../operate/watch.md) has seen, the newest first. The service keeps them for 90 days',
  answers: { 200: 'A page, also an empty one' },
  problems: [...environmentProblems, 'invalid-parameter', 'store-unavailable'],
  async handle(useCases, request, params) {
    const limit = readLimit(request);
    const key = readKey(useCases, request, params);
    const before = readPosition('before', queryParameter(request, 'before'));
    const { page, next } = cut(await useCases.readRuns.ofJob(key, before, limit + 1), limit);
    return jsonAnswer({ value: page, ...nextLink(request, 'before', next) });
  },
};

export const listRunsRoute: Route = {
  name: 'list-runs',
  method: 'GET',
  path: 'runs',
  auth: 'function',
  summary:
    'The runs of all listed jobs of an environment that ended from the instant `from` (a day ago unless set) and before `to`, the oldest first',
  answers: { 200: 'A page, also an empty one' },
  problems: [...environmentProblems, 'invalid-parameter', 'store-unavailable'],
  async handle(useCases, request) {
    const limit = readLimit(request);
    const environment = chooseEnvironment(useCases.fnoEnvironments, request);
    const [from, to] = [readInstant(request, 'from'), readInstant(request, 'to')];
    const after = readPosition('after', queryParameter(request, 'after'));
    const found = await useCases.readRuns.between(environment, from, to, after, limit + 1);
    const { page, next } = cut(found, limit);
    return jsonAnswer({ value: page, ...nextLink(request, 'after', next) });
  },
};

function cut(found: readonly RunView[], limit: number) {
  const page = found.slice(0, limit);
  const next = found.length > limit ? (page.at(-1)?.position ?? null) : null;
  return { page: page.map(({ position: _position, ...run }) => run), next };
}
