import { namedEnvironment } from './choose-environment.ts';
import { Problem } from './problem.ts';
import { environmentProblems, type Route } from './route.ts';
import { jsonAnswer } from './route-answer.ts';

export const causesRoute: Route = {
  name: 'list-causes',
  method: 'GET',
  path: 'causes',
  auth: 'function',
  summary:
    'Why runs failed since the instant `since` (a day ago unless set), equal causes together, that of the most jobs first; in all environments unless you name one',
  answers: {
    200: 'The causes; `complete` is false if there are too many failures, and the oldest are left out',
  },
  problems: [...environmentProblems, 'invalid-parameter', 'store-unavailable'],
  async handle(useCases, request) {
    const { searchParams } = new URL(request.url);
    const from = readSince(searchParams.get('since'));
    const environment = namedEnvironment(useCases.fnoEnvironments, request);
    const { since, groups, isComplete } = await useCases.readCauses(environment, from);
    return jsonAnswer({ since, complete: isComplete, value: groups });
  },
};

function readSince(text: string | null): Date | null {
  if (text === null) return null;
  const since = new Date(text);
  const isInstant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text);
  if (isInstant && !Number.isNaN(since.getTime())) return since;
  throw new Problem('invalid-parameter', 'since must be an instant in UTC, such as 2026-03-02T01:00:00Z.');
}
