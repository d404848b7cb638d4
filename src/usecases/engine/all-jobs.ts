import type { BatchJob } from '../../domain/job/batch-job.ts';
import type { BatchJobKey, Ledger, ListedJob, UnreadableJob } from '../../ports/ledger.ts';

const pageSize = 100;

/** Every job in the ledger, page by page. One whose record cannot be read goes to `passOver` instead. */
export async function* allJobs(
  ledger: Ledger,
  passOver: (job: UnreadableJob) => void,
): AsyncGenerator<BatchJob> {
  let after: BatchJobKey | null = null;
  for (;;) {
    const page: ListedJob[] = await ledger.list(after, pageSize, null);
    for (const job of page) {
      if ('unreadable' in job) passOver(job);
      else yield job;
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = { environment: last.environment, jobId: last.jobId };
  }
}
