import { maxCauses } from '../usecases/causes/read-causes.ts';
import { namedEnvironment } from './choose-environment.ts';
import { readInstant } from './read-instant.ts';
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
    200: `The causes; \`complete\` is false if an environment has more than ${maxCauses} failures since then: the oldest are left out`,
  },
  problems: [...environmentProblems, 'invalid-parameter', 'store-unavailable'],
  async handle(useCases, request) {
    const from = readInstant(request, 'since');
    const environment = namedEnvironment(useCases.fnoEnvironments, request);
    const { since, groups, isComplete } = await useCases.readCauses(environment, from);
    return jsonAnswer({ since, complete: isComplete, value: groups });
  },
};
