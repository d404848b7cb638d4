import type { PolicyEntry } from '../../domain/retry-policy/retry-policy.ts';
import type { ListedOnly } from '../../ports/run-search.ts';

/** What the policy lists for an environment, and the least that it expects of all these jobs. */
export type Listed = {
  /** Null if it may list any job. */
  only: ListedOnly | null;
  shortestMaxMs: number | null;
  shortestStartMs: number | null;
};

/** Null if the policy lists no job of the environment. */
export function listed(policy: readonly PolicyEntry[], environment: string): Listed | null {
  const entries = policy.filter(({ mode, match }) => mode !== 'off' && isFor(match, environment));
  if (entries.length === 0) return null;
  return {
    only: onlyOf(entries),
    shortestMaxMs: shortest(entries.map(({ expect }) => expect.maxDurationMs)),
    shortestStartMs: shortest(entries.map(({ expect }) => expect.startWithinMs)),
  };
}

function onlyOf(entries: readonly PolicyEntry[]): ListedOnly | null {
  const jobIds = new Set<string>();
  const descriptions = new Set<string>();
  for (const { match } of entries) {
    if (match.jobIds !== '*') for (const jobId of match.jobIds) jobIds.add(jobId);
    else if (match.description !== null) descriptions.add(match.description.replaceAll('?', '*'));
    else return null;
  }
  return { jobIds: [...jobIds], descriptions: [...descriptions] };
}

function isFor({ environment: wanted }: PolicyEntry['match'], environment: string): boolean {
  return wanted === null || wanted.toLowerCase() === environment.toLowerCase();
}

function shortest(all: readonly (number | null)[]): number | null {
  const given = all.filter((ms) => ms !== null);
  return given.length === 0 ? null : Math.min(...given);
}
