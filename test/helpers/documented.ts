import { problemDetails } from '../../src/http/problem.ts';
import { problemsOf } from '../../src/http/route.ts';
import { routes } from '../../src/http/routes.ts';

/** Gives the answer back; throws if docs/reference/routes.md does not name it for the route. */
export function documented<Answer extends { status: number; body: Record<string, unknown> }>(
  routeName: string,
  answer: Answer,
): Answer {
  const route = routes.find(({ name }) => name === routeName);
  if (!route) throw new Error(`There is no route ${routeName}`);
  const { status, body } = answer;
  const types = problemsOf(route).map((kind) => problemDetails(kind, '').type);
  const isNamed = typeof body['type'] === 'string' ? types.includes(body['type']) : status in route.answers;
  if (isNamed) return answer;
  throw new Error(`The route ${routeName} does not name its answer ${status} ${JSON.stringify(body)}`);
}
