import type { BatchJob } from '../policy/batch-job.ts';
import type { BatchJobKey, Ledger } from '../ports/ledger.ts';

/** Every job in the ledger, page by page. */
export async function* eachJob(ledger: Ledger): AsyncGenerator<BatchJob> {
  let after: BatchJobKey | null = null;
  for (;;) {
    const page: BatchJob[] = await ledger.list(after, 100, null);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = { environment: last.environment, jobId: last.jobId };
  }
}
