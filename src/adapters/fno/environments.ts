import type { TokenCredential } from '@azure/identity';
import type { BatchJobs } from '../../ports/batch-jobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RunSearch } from '../../ports/run-search.ts';
import { FnoBatchJobs } from './fno-batch-jobs.ts';
import { FnoRunSearch } from './fno-run-search.ts';
import { FnoSender } from './fno-sender.ts';
import { TokenSource } from './token-source.ts';

/** What the service reaches of one F&O environment. */
export type ConnectedFno = { batchJobs: BatchJobs; runSearch: RunSearch };

/** Connects each configured environment, by its name. */
export function connectEnvironments(
  environments: readonly { name: string; orgUrl: string }[],
  credential: () => Promise<TokenCredential>,
  clock: Clock,
): (name: string) => ConnectedFno {
  const connected = new Map<string, ConnectedFno>(
    environments.map(({ name, orgUrl }) => {
      const sender = new FnoSender(orgUrl, new TokenSource(credential, orgUrl, clock), clock);
      return [
        name,
        { batchJobs: new FnoBatchJobs(sender, clock), runSearch: new FnoRunSearch(sender, clock) },
      ];
    }),
  );
  return (name) => {
    const fno = connected.get(name);
    if (!fno) throw new Error(`No environment is named ${name}.`);
    return fno;
  };
}
