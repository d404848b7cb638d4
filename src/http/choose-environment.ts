import { Problem } from './problem.ts';

/** The environment that `?environment=` names; the first configured one if it is not given. Throws a Problem. */
export function chooseEnvironment(environments: readonly string[], request: Request): string {
  const wanted = new URL(request.url).searchParams.get('environment');
  const [first] = environments;
  if (first === undefined) throw new Error('No environment is configured.');
  return wanted === null || wanted === '' ? first : findEnvironment(environments, wanted);
}

/** The environment of this name, compared without case. Throws a Problem if none is configured. */
export function findEnvironment(environments: readonly string[], wanted: string): string {
  const found = environments.find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  const detail = `environment is ${JSON.stringify(wanted.slice(0, 100))}; known are: ${environments.join(', ')}.`;
  throw new Problem('unknown-environment', detail);
}
