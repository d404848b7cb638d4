import { claimLeaseMs } from '../../src/domain/job/claim-request.ts';
import { recentMs } from '../../src/usecases/engine/recent-subscriptions.ts';
import { type Requests, storageCosts } from '../../test/proof/storage-costs.ts';
import { duration } from './duration.ts';
import { madeBy } from './made-by.ts';
import { markdownTable } from './markdown-table.ts';

/** docs/reference/storage-operations.md: what each path asks of Azure Storage, as markdown. */
export function storageOperationsPage(): string {
  return `# Requests to Azure Storage

${madeBy('what a test measures with the real SDK, against Azurite')}

Requests to the storage account: reads of tables + writes of tables + changes of the queue. A transaction of several
rows is one request. The bytes are those of bodies, in both directions. An execution is one of the queue's function, or
of the watch's timer. The Functions host itself makes two requests more for each of the queue's function, to fetch the
message and to delete it.

${markdownTable(
  ['Path', 'Before the answer', 'KB', 'Executions later', 'Their requests', 'KB'],
  storageCosts.map(({ path, answer, executions, later }) => [
    path,
    shown(answer),
    kilobytes(answer),
    String(executions),
    shown(later),
    kilobytes(later),
  ]),
)}

- **The first requeue of a minute**, in each process, takes a block of permits and, if its list of subscriptions is older
  than ${duration(recentMs)}, reads it. The first one of a process reads the environment's row, too.
- **The first write of a job** lists it.
- **A duplicate** writes only while the claim of its failure is leased, at most ${duration(claimLeaseMs)}: one message.
- **A conflict** with another process costs the request that failed and two reads. A request that gets no answer is sent
  again.
`;
}

function shown({ tableReads, tableWrites, queueWrites }: Requests): string {
  const sum = tableReads + tableWrites + queueWrites;
  return sum === 0 ? '0' : `${sum} (${tableReads} + ${tableWrites} + ${queueWrites})`;
}

function kilobytes(requests: Requests): string {
  return String(Math.round(requests.kilobytes));
}
