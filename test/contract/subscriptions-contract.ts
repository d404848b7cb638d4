import { describe, expect, test } from 'vitest';
import { healthy, type Subscription, type Subscriptions } from '../../src/ports/subscriptions.ts';
import { aKey } from '../helpers/stored-records.ts';

/** What every driver of the subscriptions keeps. `aStore` gives an empty one, opened anew by each call of its result. */
export function subscriptionsContract(driver: string, aStore: () => () => Subscriptions): void {
  describe(`the subscriptions on ${driver}`, () => {
    test('are none at first', async () => {
      const subscriptions = aStore()();
      expect(await subscriptions.list()).toEqual([]);
      expect(await subscriptions.get('4f0a')).toBeNull();
    });

    test('are there for every other process, each as it was added', async () => {
      const open = aStore();
      const all = [
        aSubscription('4f0a-1'),
        aSubscription('4f0a-2', { environment: 'prod', jobId: aKey('9223372036854775807').jobId }),
        aSubscription('4f0a-3', { events: ['exhausted', 'needs-attention'] }),
        aSubscription('4f0a-4', { callbackUrl: `https://a.example/?sig=${'ü'.repeat(40_000)}&at=“'#` }),
      ];
      for (const one of all.toReversed()) await open().add(one);

      expect(await open().list()).toEqual(all);
      for (const one of all) expect(await open().get(one.id)).toEqual(one);
    });

    test('are gone for all once removed, and removing one twice, or none, is fine', async () => {
      const open = aStore();
      const subscriptions = open();
      await subscriptions.add(aSubscription('4f0a-1'));
      await subscriptions.add(aSubscription('4f0a-2'));
      await open().remove('4f0a-1');
      await subscriptions.remove('4f0a-1');
      await subscriptions.remove('never-there');

      expect(await open().get('4f0a-1')).toBeNull();
      expect(await open().list()).toEqual([aSubscription('4f0a-2')]);
    });

    test('that are added twice under one id, as after a lost answer, are one', async () => {
      const subscriptions = aStore()();
      await subscriptions.add(aSubscription('4f0a-1'));
      await subscriptions.add(aSubscription('4f0a-1'));
      expect(await subscriptions.list()).toEqual([aSubscription('4f0a-1')]);
    });

    test('are replaced only by who knows them as they are, and never come back that way', async () => {
      const open = aStore();
      const subscriptions = open();
      const first = aSubscription('4f0a-1');
      const at = new Date('2026-03-02T01:00:00.123Z');
      const second = { ...first, failingSince: at, lastFailure: { at, reason: 'HTTP 500 “Größe”' } };
      await subscriptions.add(first);
      expect(await open().replace(first, second)).toBe(true);
      expect(await subscriptions.get('4f0a-1')).toEqual(second);
      expect(await subscriptions.replace(first, { ...first, notFoundSince: at })).toBe(false);
      expect(await subscriptions.get('4f0a-1')).toEqual(second);

      await subscriptions.remove('4f0a-1');
      expect(await subscriptions.replace(second, first)).toBe(false);
      expect(await subscriptions.list()).toEqual([]);
    });

    test.each([`' or '1' eq '1`, '../jobs', 'a/b\\c#d?e', '%2e%2e', '', 'ü\u0000😀'])(
      'take the id %j from outside for what it is',
      async (id) => {
        const subscriptions = aStore()();
        await subscriptions.add(aSubscription('4f0a-1'));
        expect(await subscriptions.get(id)).toBeNull();
        await subscriptions.remove(id);
        expect(await subscriptions.list()).toHaveLength(1);
      },
    );
  });
}

function aSubscription(id: string, more: Partial<Subscription> = {}): Subscription {
  return {
    id,
    callbackUrl: 'https://prod-01.westeurope.logic.azure.com:443/workflows/1?sp=%2Ftriggers&sig=a-secret',
    events: ['exhausted'],
    environment: null,
    jobId: null,
    createdAt: new Date('2026-03-02T01:00:00.123Z'),
    ...healthy,
    ...more,
  };
}
