import { afterAll, expect, test } from 'vitest';
import { startAzurite } from '../helpers/azurite.ts';
import { deliverToFour, timeoutMs } from './many-processes.ts';

const events = Number(process.env['PROOF_EVENTS_AZURE'] ?? 2000);

const azurite = await startAzurite();
afterAll(azurite.stop);

test(
  'four processes on one Azurite requeue each failure once, though each event comes to three of them',
  async () => {
    const store = { STORE: 'azure', AzureWebJobsStorage: azurite.connectionString() };
    const { requeues, model } = await deliverToFour('Azurite', events, 2, store);
    expect(requeues).toEqual(model);
  },
  timeoutMs(events),
);
