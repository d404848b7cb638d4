import { causesContract } from '../../contract/causes-contract.ts';
import { freshNames, openStorage } from '../../helpers/azurite-storage.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';

const azurite = await sharedAzurite();

causesContract('Azure Tables on Azurite', () => {
  const names = freshNames();
  return () => openStorage(azurite.connectionString(), names).causes;
});
