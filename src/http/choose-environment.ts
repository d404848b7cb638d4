import {
  defaultEnvironment,
  type EnvironmentSenders,
  environmentOf,
} from '../events/envelopes/environment-of.ts';
import type { Sender } from '../events/envelopes/wrapping.ts';
import { Problem } from './problem.ts';
import type { RouteParams } from './route.ts';

type Environments = readonly EnvironmentSenders[];

/** The environment that a request about a job means. Throws a Problem if it names none, and none is the default. */
export function chooseEnvironment(environments: Environments, request: Request): string {
  const chosen = namedEnvironment(environments, request) ?? defaultEnvironment(environments);
  if (chosen !== null) return chosen;
  throw notNamed(environments, (name) => `?environment=${name} in the address`);
}

/**
 * The environment that the path or `?environment=` names; null if neither does. Throws a Problem if it is not
 * known, or if the two differ.
 */
export function namedEnvironment(
  environments: Environments,
  request: Request,
  { environment: inPath = '' }: RouteParams = {},
): string | null {
  const inQuery = new URL(request.url).searchParams.get('environment') ?? '';
  const names = namesOf(environments);
  const [first, second] = [inPath, inQuery].flatMap((text) =>
    text === '' ? [] : [findEnvironment(names, text)],
  );
  if (second === undefined || second === first) return first ?? null;
  const detail = `The path names the environment ${first}, and ?environment= names ${second}; name one.`;
  throw new Problem('invalid-parameter', detail);
}

/** The environment of this name, compared without case. Throws a Problem if none is configured. */
export function findEnvironment(names: readonly string[], wanted: string): string {
  const found = names.find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  throw unknownEnvironment(`environment is ${JSON.stringify(wanted.slice(0, 100))}`, names);
}

/** The environment of an event by who sent it, else the default one. */
export function senderEnvironment(sender: Sender, environments: Environments): string | Problem {
  const chosen = environmentOf(sender, environments);
  if (chosen?.kind === 'known') return chosen.name;
  if (chosen) return unknownEnvironment(chosen.found, chosen.known);
  return (
    defaultEnvironment(environments) ??
    notNamed(environments, (name) => `/business-events/${name} or ?environment=${name} in the address`)
  );
}

function unknownEnvironment(found: string, known: readonly string[]): Problem {
  return new Problem('unknown-environment', `${found}; known are: ${known.join(', ')}.`);
}

function notNamed(environments: Environments, how: (name: string) => string): Problem {
  const names = namesOf(environments);
  const detail =
    `Several environments are configured (${names.join(', ')}), and job ids are alike in all: name one, such as ` +
    `${how(names[0] ?? '')}, or set "default": true for one of them in FNO_ENVIRONMENTS.`;
  return new Problem('environment-not-named', detail);
}

function namesOf(environments: Environments): string[] {
  return environments.map(({ name }) => name);
}
