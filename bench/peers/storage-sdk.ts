import { type RestError, TableClient, type TransactionAction } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import type { Plan, StorageOperation } from '../storage-operations.ts';
import { serveEvents } from './serve-events.ts';

/**
 * Makes the operations of PLAN for each event, by the SDK and nothing else: the least that the service's way of
 * keeping its promises costs on Azure Storage. What it writes means nothing, but is as long.
 */
const connection = process.env['AzureWebJobsStorage'] ?? '';
const plan: Plan = JSON.parse(process.env['PLAN'] ?? '[]');
const table = TableClient.fromConnectionString(connection, 'Bench', { allowInsecureConnection: true });
const queue = new QueueClient(connection, 'bench');
const present = { partitionKey: 'present', rowKey: 'present' };
await Promise.all([table.createTable(), queue.create()]);
await table.upsertEntity({ ...present, ...filler(1500) });

serveEvents(async ({ EventId: eventId, JobId: jobId }) => {
  try {
    await perform(String(jobId), eventId);
    return { status: 200, body: { decision: 'kept', eventId } };
  } catch (error) {
    return { status: 503, body: { error: String(error) } };
  }
});

async function perform(job: string, event: string): Promise<void> {
  let number = 0;
  for (const stage of plan) {
    await Promise.all(stage.map((operation) => once(operation, job, `${event}-${++number}`)));
  }
}

async function once({ kind, bytes }: StorageOperation, job: string, key: string): Promise<unknown> {
  switch (kind) {
    case 'get':
      return table.getEntity(present.partitionKey, present.rowKey);
    case 'get what is absent':
      return table.getEntity(job, key).catch(ignoreNotFound);
    case 'query':
      return table
        .listEntities({ queryOptions: { filter: "PartitionKey eq 'present'" } })
        .byPage({ maxPageSize: 1 })
        .next();
    case 'put':
      return table.upsertEntity({ partitionKey: job, rowKey: key, ...filler(bytes - 100) }, 'Replace');
    case 'delete':
      return table.deleteEntity(job, key).catch(ignoreNotFound);
    case 'transaction':
      return table.submitTransaction(twoRows(job, key, bytes));
    case 'enqueue':
      return queue.sendMessage('x'.repeat(Math.max(1, bytes - 100)), { visibilityTimeout: 3600 });
  }
}

/** The parts of a transaction take some 700 bytes each beside what is in the rows. */
function twoRows(job: string, key: string, bytes: number): TransactionAction[] {
  return [
    ['create', { partitionKey: job, rowKey: key, ...filler(bytes - 1400) }],
    ['create', { partitionKey: job, rowKey: `${key}-event` }],
  ];
}

/** A column holds at most 32 Ki characters. */
function filler(bytes: number): Record<string, string> {
  const columns = Math.ceil(Math.max(1, bytes) / 30_000);
  const each = Math.max(1, Math.floor(bytes / columns));
  return Object.fromEntries(Array.from({ length: columns }, (_, index) => [`c${index}`, 'x'.repeat(each)]));
}

function ignoreNotFound(error: RestError): void {
  if (error.statusCode !== 404) throw error;
}
