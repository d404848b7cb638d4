import { defaultEnvironment, type EnvironmentSenders } from '../events/envelopes/environment-of.ts';
import { environmentNotNamed, type Rejection, unknownEnvironment } from '../usecases/intake/rejection.ts';
import { Problem } from './problem.ts';
import { queryParameter } from './query-parameter.ts';
import type { RouteParams, RouteRequest } from './route.ts';

type Environments = readonly EnvironmentSenders[];

/**
 * Reads which environment a request about a job means. Throws a Problem if it names none and none is the default.
 */
export function chooseEnvironment(environments: Environments, request: RouteRequest): string {
  const chosen = namedEnvironment(environments, request) ?? defaultEnvironment(environments);
  if (chosen !== null) return chosen;
  throw problemOf(environmentNotNamed(environments, (name) => `?environment=${name} in the address`));
}

/**
 * Reads the environment in the path or in `?environment=`; null if neither names one. Throws a Problem if it is not
 * configured, or if the two differ.
 */
export function namedEnvironment(
  environments: Environments,
  request: RouteRequest,
  { environment: inPath = '' }: RouteParams = {},
): string | null {
  const inQuery = queryParameter(request, 'environment') ?? '';
  const first = inPath === '' ? null : findEnvironment(environments, inPath);
  const second = inQuery === '' ? first : findEnvironment(environments, inQuery);
  if (first === null || second === first) return second;
  const detail = `The path names the environment ${first}, and ?environment= names ${second}; name one.`;
  throw new Problem('invalid-parameter', detail);
}

/** Finds the environment of this name, ignoring case. Throws a Problem if it is not configured. */
export function findEnvironment(environments: readonly { name: string }[], wanted: string): string {
  const lower = wanted.toLowerCase();
  const found = environments.find(({ name }) => name.toLowerCase() === lower);
  if (found) return found.name;
  const names = environments.map(({ name }) => name);
  throw problemOf(unknownEnvironment(`environment is ${JSON.stringify(wanted.slice(0, 100))}`, names));
}

function problemOf({ kind, detail }: Rejection): Problem {
  return new Problem(kind, detail);
}
