import type { TokenCredential } from '@azure/identity';
import type { BatchJobs } from '../../ports/batch-jobs.ts';
import type { Clock } from '../../ports/clock.ts';
import { FnoBatchJobs } from './fno-batch-jobs.ts';
import { TokenSource } from './token-source.ts';

/** Connects the batch jobs of each configured environment, by its name. */
export function connectEnvironments(
  environments: readonly { name: string; orgUrl: string }[],
  credential: () => Promise<TokenCredential>,
  clock: Clock,
): (name: string) => BatchJobs {
  const connected = new Map<string, BatchJobs>(
    environments.map(({ name, orgUrl }) => [
      name,
      new FnoBatchJobs(orgUrl, new TokenSource(credential, orgUrl, clock), clock),
    ]),
  );
  return (name) => {
    const batchJobs = connected.get(name);
    if (!batchJobs) throw new Error(`No environment is named ${name}.`);
    return batchJobs;
  };
}
