import { short } from '../../bench/report/numbers.ts';
import { type Requests, storageCosts } from '../../test/proof/storage-costs.ts';
import { markdownTable } from './markdown-table.ts';

/**
 * Published limits of Azure Storage, a second.
 * @see https://learn.microsoft.com/azure/storage/common/scalability-targets-standard-account
 * @see https://learn.microsoft.com/azure/storage/queues/scalability-targets
 */
const limits = { account: 20_000, queue: 2000 };

/** The Functions host fetches and deletes the message of each execution. */
const hostRequests = 2;

/** What a failure that is requeued, still runs at the first look and has recovered at the second asks in all. */
const life = ['requeue, the first of a minute', 'follow-up: still running', 'follow-up: recovered'];

/** Up to which rate one storage account holds. */
export function storageLimits(): string {
  const steps = storageCosts.filter(({ path }) => life.includes(path));
  if (steps.length !== life.length) throw new Error(`Not all of these are measured: ${life.join(', ')}`);
  const toQueue = steps.reduce(
    (sum, { answer, later, executions }) =>
      sum + answer.queueWrites + later.queueWrites + hostRequests * executions,
    0,
  );
  const toTables = steps.reduce((sum, { answer, later }) => sum + ofTables(answer) + ofTables(later), 0);
  return markdownTable(
    ['Limit', 'Published', 'A requeued failure takes', 'So at most'],
    [
      row('Messages of the work queue', limits.queue, toQueue),
      row('Requests to the account', limits.account, toQueue + toTables),
    ],
  );
}

function row(what: string, limit: number, taken: number): string[] {
  return [what, `${short(limit)}/s`, String(taken), `${short(Math.floor(limit / taken))}/s`];
}

function ofTables({ tableReads, tableWrites }: Requests): number {
  return tableReads + tableWrites;
}
