/** Requests to the storage account, by kind, and the bytes of their bodies and of their answers', in KB. */
export type Requests = {
  tableReads: number;
  tableWrites: number;
  queueWrites: number;
  kilobytes: number;
};

/** What one path costs: before the answer, and in the executions of the queue's function that follow. */
export type StorageCost = { path: string; answer: Requests; executions: number; later: Requests };

const none: Requests = { tableReads: 0, tableWrites: 0, queueWrites: 0, kilobytes: 0 };
const nothingLater = { executions: 0, later: none };

/** test/proof/storage-operations.test.ts measures them, and docs/reference/storage-operations.md shows them. */
export const storageCosts: readonly StorageCost[] = [
  { path: 'no match', answer: none, ...nothingLater },
  { path: 'duplicate', answer: requests(2, 0, 0, 2.4), ...nothingLater },
  { path: 'requeue', answer: requests(2, 2, 1, 12.5), ...nothingLater },
  { path: 'requeue, the first of a minute', answer: requests(3, 3, 1, 14.1), ...nothingLater },
  { path: 'requeue, the first of a job', answer: requests(2, 3, 1, 10.7), ...nothingLater },
  {
    path: 'requeue to which somebody subscribed',
    answer: requests(2, 2, 2, 13.7),
    executions: 2,
    later: requests(5, 2, 1, 13.8),
  },
  { path: 'delayed by the policy', answer: requests(2, 1, 0, 7.4), ...nothingLater },
  { path: 'exhausted', answer: requests(2, 1, 1, 8.8), executions: 1, later: requests(2, 2, 0, 10.2) },
  { path: 'follow-up: still running', answer: none, executions: 1, later: requests(1, 1, 1, 5.9) },
  { path: 'follow-up: recovered', answer: none, executions: 1, later: requests(2, 1, 0, 7.2) },
  {
    path: 'the watch: a look that finds nothing',
    answer: none,
    executions: 1,
    later: requests(5, 2, 0, 5.2),
  },
];

function requests(tableReads: number, tableWrites: number, queueWrites: number, kilobytes: number): Requests {
  return { tableReads, tableWrites, queueWrites, kilobytes };
}
