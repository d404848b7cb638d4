import { type EnvironmentSenders, environmentOf } from '../events/envelopes/environment-of.ts';
import type { Sender } from '../events/envelopes/wrapping.ts';
import { Problem } from './problem.ts';

/** The environment that `?environment=` names; the first configured one if it is not given. Throws a Problem. */
export function chooseEnvironment(environments: readonly string[], request: Request): string {
  return namedEnvironment(environments, request) ?? firstOf(environments);
}

/** The environment that `?environment=` names; null if it is not given. Throws a Problem if it is not known. */
export function namedEnvironment(environments: readonly string[], request: Request): string | null {
  const wanted = new URL(request.url).searchParams.get('environment');
  return wanted === null || wanted === '' ? null : findEnvironment(environments, wanted);
}

/** The environment of this name, compared without case. Throws a Problem if none is configured. */
export function findEnvironment(environments: readonly string[], wanted: string): string {
  const found = environments.find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  throw unknownEnvironment(`environment is ${JSON.stringify(wanted.slice(0, 100))}`, environments);
}

/** The environment of an event by who sent it; the first configured one if that does not tell. */
export function senderEnvironment(sender: Sender, senders: readonly EnvironmentSenders[]): string | Problem {
  const chosen = environmentOf(sender, senders);
  if (!chosen) return firstOf(senders.map(({ name }) => name));
  return chosen.kind === 'known' ? chosen.name : unknownEnvironment(chosen.found, chosen.known);
}

function unknownEnvironment(found: string, known: readonly string[]): Problem {
  return new Problem('unknown-environment', `${found}; known are: ${known.join(', ')}.`);
}

function firstOf(environments: readonly string[]): string {
  const [first] = environments;
  if (first === undefined) throw new Error('No environment is configured.');
  return first;
}
