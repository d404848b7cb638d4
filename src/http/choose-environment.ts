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
  const names = namesOf(environments);
  const [first, second] = [inPath, inQuery].flatMap((text) =>
    text === '' ? [] : [findEnvironment(names, text)],
  );
  if (second === undefined || second === first) return first ?? null;
  const detail = `The path names the environment ${first}, and ?environment= names ${second}; name one.`;
  throw new Problem('invalid-parameter', detail);
}

/** Finds the environment of this name, ignoring case. Throws a Problem if it is not configured. */
export function findEnvironment(names: readonly string[], wanted: string): string {
  const found = names.find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  throw problemOf(unknownEnvironment(`environment is ${JSON.stringify(wanted.slice(0, 100))}`, names));
}

function problemOf({ kind, detail }: Rejection): Problem {
  return new Problem(kind, detail);
}

function namesOf(environments: Environments): string[] {
  return environments.map(({ name }) => name);
}
