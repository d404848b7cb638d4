import { connectStorage, type StorageNames } from '../../src/adapters/azure-storage/connect-storage.ts';
import { systemClock } from '../../src/adapters/system.ts';

let stores = 0;

/** Names that no other test uses: its own tables and queues in a shared Azurite. */
export function freshNames(): StorageNames {
  const number = `${process.pid}x${++stores}`;
  return {
    records: `Records${number}`,
    jobs: `Jobs${number}`,
    subscriptions: `Subscriptions${number}`,
    runs: `Runs${number}`,
    causes: `Causes${number}`,
    work: `work-${number}`,
    deadLetters: `work-${number}-poison`,
  };
}

/** Another process's view of the store with these names. */
export function openStorage(connectionString: string, names: StorageNames, visibilityTimeoutMs?: number) {
  return connectStorage(
    { AzureWebJobsStorage: connectionString },
    noCredential,
    systemClock,
    visibilityTimeoutMs === undefined ? { names } : { names, visibilityTimeoutMs },
  );
}

function noCredential(): Promise<never> {
  return Promise.reject(new Error('A connection string needs no credential.'));
}
