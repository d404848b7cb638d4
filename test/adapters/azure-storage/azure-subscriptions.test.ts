import { expect, onTestFinished, test } from 'vitest';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { healthy } from '../../../src/ports/subscriptions.ts';
import { subscriptionsContract } from '../../contract/subscriptions-contract.ts';
import { startProxy } from '../../helpers/azurite-proxy.ts';
import { freshNames, openStorage } from '../../helpers/azurite-storage.ts';
import { sharedAzurite } from '../../helpers/azurite.ts';

const azurite = await sharedAzurite();

subscriptionsContract('Azure Tables on Azurite', () => {
  const names = freshNames();
  return () => openStorage(azurite.connectionString(), names).subscriptions;
});

test('one subscription is read by its two keys, in one request', async () => {
  const proxy = await startProxy(azurite.tableUrl);
  onTestFinished(proxy.stop);
  const { subscriptions } = openStorage(azurite.connectionString(proxy.url), freshNames());
  await subscriptions.get('4f0a');
  proxy.forget();
  expect(await subscriptions.get('4f0a')).toBeNull();
  expect(proxy.seen).toHaveLength(1);
  expect(proxy.seen[0]?.path).toContain('4f0a');
  expect(proxy.seen[0]?.path).not.toContain('filter');
});

test('a replacement whose answer was lost counts as done', async () => {
  const proxy = await startProxy(azurite.tableUrl);
  onTestFinished(proxy.stop);
  const { subscriptions } = openStorage(azurite.connectionString(proxy.url), freshNames());
  const before = {
    id: '4f0a',
    callbackUrl: 'https://a.example/',
    events: [],
    environment: null,
    jobId: null,
  };
  const one = { ...before, createdAt: new Date(), ...healthy };
  await subscriptions.add(one);
  proxy.spoil((method) => method === 'PUT' || method === 'PATCH' || method === 'MERGE', 'cut');
  expect(await subscriptions.replace(one, { ...one, failingSince: new Date() })).toBe(true);
});

test('a store that cannot be reached is reported as such, without the address of a subscriber', async () => {
  const { subscriptions } = openStorage(azurite.connectionString('http://127.0.0.1:1'), freshNames());
  const callbackUrl = 'https://prod-01.westeurope.logic.azure.com/?sig=a-secret';
  const error: unknown = await subscriptions
    .add({
      id: '1',
      callbackUrl,
      events: [],
      environment: null,
      jobId: null,
      createdAt: new Date(),
      ...healthy,
    })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StoreUnavailable);
  expect(String(error)).not.toContain('a-secret');
});
