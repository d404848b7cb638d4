import type { Store } from '../../../src/ports/store.ts';
import { ledgerContract } from '../../contract/ledger-contract.ts';
import { named, renamingContract } from '../../contract/renaming-contract.ts';
import { freshNames, openStorage } from '../../helpers/azurite-storage.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';

const azurite = await sharedAzurite();

ledgerContract('Azure Tables by organization', () => {
  const names = freshNames();
  return Promise.resolve({ open: () => named(storage(names)).ledger });
});

renamingContract('Azure Storage', () => storage(freshNames()));

function storage(names: ReturnType<typeof freshNames>): Store {
  return { ...openStorage(azurite.connectionString(), names), close: () => undefined };
}
