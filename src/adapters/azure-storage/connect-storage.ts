import type { TokenCredential } from '@azure/identity';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { workQueueName } from '../../ports/work-queue.ts';
import type { SettingsSource } from '../../settings/settings-source.ts';
import { memoizeUntilFailure } from '../shared/memoize-until-failure.ts';
import { queueClientOptions, tableClientOptions } from './calls/call-store.ts';
import { SharedTokens } from './calls/shared-tokens.ts';
import { AzureWorkQueue } from './queue/azure-work-queue.ts';
import type { QueueClients } from './queue/work-queues.ts';
import { readStorageSettings, type StorageAccess } from './storage-settings.ts';
import { AzureCauses } from './tables/azure-causes.ts';
import { AzureLedger } from './tables/azure-ledger.ts';
import { AzureRuns } from './tables/azure-runs.ts';
import { AzureSubscriptions } from './tables/azure-subscriptions.ts';
import type { TableClients } from './tables/ledger-tables.ts';

export type StorageNames = {
  records: string;
  jobs: string;
  subscriptions: string;
  runs: string;
  causes: string;
  work: string;
  deadLetters: string;
};

/** The Functions host moves a queue's messages that it gives up into a queue of the same name with `-poison`. */
export const storageNames: StorageNames = {
  records: 'BatchRetry',
  jobs: 'BatchRetryJobs',
  subscriptions: 'BatchRetrySubscriptions',
  runs: 'BatchRetryRuns',
  causes: 'BatchRetryCauses',
  work: workQueueName,
  deadLetters: `${workQueueName}-poison`,
};

export type StorageOptions = { names?: StorageNames; visibilityTimeoutMs?: number };

/**
 * Connects everything durable to one storage account. Throws a SettingsError at once for wrong settings. The first
 * call that needs them loads the SDKs and asks for the credential.
 */
export function connectStorage(
  source: SettingsSource,
  credential: () => Promise<TokenCredential>,
  clock: Clock,
  { names = storageNames, visibilityTimeoutMs }: StorageOptions = {},
): Omit<Store, 'close'> {
  const access = readStorageSettings(source);
  const tokens = memoizeUntilFailure(async () => new SharedTokens(await credential()));
  const tables = memoizeUntilFailure(() => connectTables(access, tokens, names));
  return {
    ledger: new AzureLedger(tables),
    subscriptions: new AzureSubscriptions(tables),
    runs: new AzureRuns(tables),
    causes: new AzureCauses(tables),
    queue: new AzureWorkQueue(
      memoizeUntilFailure(() => connectQueues(access, tokens, names)),
      clock,
      visibilityTimeoutMs,
    ),
  };
}

async function connectTables(
  access: StorageAccess,
  tokens: () => Promise<SharedTokens>,
  names: StorageNames,
): Promise<TableClients> {
  const { TableClient } = await import('@azure/data-tables');
  if (access.kind === 'connection-string') {
    const { connectionString, isInsecure } = access;
    const options = { ...tableClientOptions, allowInsecureConnection: isInsecure };
    const table = (name: string) => TableClient.fromConnectionString(connectionString, name, { ...options });
    return {
      records: table(names.records),
      jobs: table(names.jobs),
      subscriptions: table(names.subscriptions),
      runs: table(names.runs),
      causes: table(names.causes),
    };
  }
  const shared = await tokens();
  const table = (name: string) => new TableClient(access.tableUrl, name, shared, tableClientOptions);
  return {
    records: table(names.records),
    jobs: table(names.jobs),
    subscriptions: table(names.subscriptions),
    runs: table(names.runs),
    causes: table(names.causes),
  };
}

async function connectQueues(
  access: StorageAccess,
  tokens: () => Promise<SharedTokens>,
  names: StorageNames,
): Promise<QueueClients> {
  const { QueueClient } = await import('@azure/storage-queue');
  if (access.kind === 'connection-string') {
    const queue = (name: string) => new QueueClient(access.connectionString, name, { ...queueClientOptions });
    return { work: queue(names.work), deadLetters: queue(names.deadLetters) };
  }
  const shared = await tokens();
  const queue = (name: string) => new QueueClient(`${access.queueUrl}/${name}`, shared, queueClientOptions);
  return { work: queue(names.work), deadLetters: queue(names.deadLetters) };
}
