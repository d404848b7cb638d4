import type { BatchJob } from '../../domain/job/batch-job.ts';
import type { BatchJobKey, Ledger } from '../../ports/ledger.ts';

const pageSize = 100;

/** Every job in the ledger, page by page. */
export async function* allJobs(ledger: Ledger): AsyncGenerator<BatchJob> {
  let after: BatchJobKey | null = null;
  for (;;) {
    const page: BatchJob[] = await ledger.list(after, pageSize, null);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = { environment: last.environment, jobId: last.jobId };
  }
}
