import type { RouteAnswer } from './route-answer.ts';
import type { UseCases } from '../usecases/use-cases.ts';
import type { ProblemKind } from './problem.ts';

/** One route under `/api`, for every host. `path` names its parameters in braces, as Azure Functions does. */
export type Route = {
  /** The function's name in the Azure portal. */
  name: string;
  method: 'GET' | 'POST' | 'DELETE' | 'OPTIONS';
  path: string;
  /** `function`: the caller needs a function key. */
  auth: 'function' | 'anonymous';
  /** For docs/reference/routes.md: what the route does, and when it answers with which status without a problem. */
  summary: string;
  answers: Readonly<Record<number, string>>;
  /** The problems that it may answer with, beside those of every route: see `problemsOf`. */
  problems: readonly ProblemKind[];
  handle: (useCases: UseCases, request: RouteRequest, params: RouteParams) => Promise<RouteAnswer>;
};

/** What a route needs of a request: no more than every host has at hand. */
export type RouteRequest = {
  method: string;
  /** The whole URL. */
  url: string;
  headers: { get: (name: string) => string | null };
  /** Gives `take` the body chunk by chunk, until it returns false. Rejects if the body breaks off. */
  readBody: (take: (chunk: Uint8Array) => boolean) => Promise<void>;
};

export type RouteParams = Readonly<Record<string, string>>;

/** Problems of every route with a body, and of every route that is about an environment. */
export const bodyProblems = ['not-json', 'too-large', 'unsupported-media-type'] as const;
export const environmentProblems = ['unknown-environment', 'environment-not-named'] as const;

/** Every problem that a route may answer with. */
export function problemsOf({
  name,
  auth,
  problems,
}: Pick<Route, 'name' | 'auth' | 'problems'>): ProblemKind[] {
  if (name === 'health') return [];
  const ofCallers = auth === 'function' ? (['unauthorized', 'forbidden'] as const) : [];
  return [...ofCallers, ...problems, 'internal-error', 'misconfigured'];
}
