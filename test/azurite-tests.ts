/** The tests that start Azurite. Only these may be tried twice: on a busy machine it may answer too late. */
export const azuriteTests = [
  'test/adapters/azure-storage/azure-environment.test.ts',
  'test/adapters/azure-storage/azure-ledger-cost.test.ts',
  'test/adapters/azure-storage/azure-ledger.test.ts',
  'test/adapters/azure-storage/azure-subscriptions.test.ts',
  'test/adapters/azure-storage/azure-work-queue.test.ts',
  'test/adapters/azure-storage/by-organization.test.ts',
  'test/hosts/azure/settings-error-work.test.ts',
  'test/hosts/azure/work.test.ts',
  'test/hosts/storage-faults.test.ts',
  'test/proof/flat-cost-azure.test.ts',
  'test/proof/many-processes-azure.test.ts',
  'test/proof/round-trips.test.ts',
  'test/proof/slow-store-storm.test.ts',
  'test/proof/slow-store.test.ts',
  'test/upgrade/upgrade.test.ts',
  'test/usecases/intake/many-at-once-azure.test.ts',
];
