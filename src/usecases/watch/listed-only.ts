import type { PolicyEntry } from '../../domain/retry-policy/retry-policy.ts';
import type { ListedOnly } from '../../ports/run-search.ts';

/** Longer than this, in characters, a filter might not fit into F&O's address. */
const maxLength = 1500;

/** The job ids and descriptions that the policy lists for an environment; null if it may list any job. */
export function listedOnly(policy: readonly PolicyEntry[], environment: string): ListedOnly | null {
  const entries = policy.filter(({ mode, match }) => mode !== 'off' && isFor(match, environment));
  const jobIds = new Set<string>();
  const descriptions = new Set<string>();
  for (const { match } of entries) {
    if (match.jobIds !== '*') for (const jobId of match.jobIds) jobIds.add(jobId);
    else if (match.description !== null) descriptions.add(match.description.replaceAll('?', '*'));
    else return null;
  }
  const length = [...jobIds, ...descriptions].reduce((sum, text) => sum + text.length + 30, 0);
  return length > maxLength ? null : { jobIds: [...jobIds], descriptions: [...descriptions] };
}

function isFor({ environment: wanted }: PolicyEntry['match'], environment: string): boolean {
  return wanted === null || wanted.toLowerCase() === environment.toLowerCase();
}
