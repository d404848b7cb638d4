import { expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/system.ts';
import { aService } from '../../helpers/a-service.ts';
import { freshNames, openStorage } from '../../helpers/azurite-storage.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';
import { answerTo, atOnce, inTime, thousand } from './many-failures.ts';

const azurite = await sharedAzurite();

test('a thousand failures in one Event Grid batch are answered in time, with Azure Storage', async () => {
  const { ledger, queue } = openStorage(azurite.connectionString(), freshNames());
  await using service = await aService({
    jobs: thousand.slice(0, atOnce),
    clock: systemClock,
    wrapLedger: () => ledger,
    wrapQueue: () => queue,
  });
  expect(await answerTo(service, thousand)).toEqual(inTime);
});
