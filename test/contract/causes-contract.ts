import { describe, expect, test } from 'vitest';
import type { Cause } from '../../src/domain/cause/cause.ts';
import type { Causes } from '../../src/ports/causes.ts';
import { aKey } from '../helpers/stored-records.ts';

const day = 86_400_000;
const start = Date.parse('2026-03-02T01:00:00.123Z');

/** What every driver of the causes keeps. `aStore` gives an empty one, opened anew by each call of its result. */
export function causesContract(driver: string, aStore: () => () => Causes): void {
  describe(`the causes on ${driver}`, () => {
    test('are found by the failure, by any process, with every character', async () => {
      const open = aStore();
      const cause = aCause('8D12-1', 0, { text: `Konto „4711“ <b>fehlt</b>\r\n😀\u0000${'ü'.repeat(1900)}` });
      await open().put(cause);
      expect(await open().get(cause, '8D12-1')).toEqual(cause);
      expect(await open().get(cause, '8D12-2')).toBeNull();
      expect(await open().get({ ...cause, environment: 'uat' }, '8D12-1')).toBeNull();
      expect(await open().get(aKey('7'), '8D12-1')).toBeNull();
    });

    test('that are put twice, as after a lost answer, are one; the latest counts', async () => {
      const causes = aStore()();
      await causes.put(aCause('8D12-1', 0));
      await causes.put(aCause('8D12-1', 0, { text: 'Deadlock' }));
      expect(await causes.since('default', new Date(0), null, 10)).toEqual([
        aCause('8D12-1', 0, { text: 'Deadlock' }),
      ]);
    });

    test('are listed by the time of the failure, the latest first, of one environment, over days', async () => {
      const open = aStore();
      const ages = [3 * day, 0, day - 1, 2, 40 * day];
      for (const age of ages) await open().put(aCause(`E-${age}`, -age));
      await open().put(aCause('other', 0, { environment: 'default-2' }));
      await open().put(aCause('other', 0, { environment: 'defaul' }));
      const since = async (age: number, limit = 10) =>
        (await open().since('default', new Date(start - age), null, limit)).map(({ eventId }) => eventId);
      expect(await since(100 * day)).toEqual(['E-0', 'E-2', `E-${day - 1}`, `E-${3 * day}`, `E-${40 * day}`]);
      expect(await since(3 * day)).toEqual(['E-0', 'E-2', `E-${day - 1}`, `E-${3 * day}`]);
      expect(await since(3 * day - 1)).toEqual(['E-0', 'E-2', `E-${day - 1}`]);
      expect(await since(2)).toEqual(['E-0', 'E-2']);
      expect(await since(1)).toEqual(['E-0']);
      expect(await since(-1)).toEqual([]);
      expect(await since(100 * day, 2)).toEqual(['E-0', 'E-2']);
    });

    test('are read page by page, each once, also several of one instant and over days', async () => {
      const causes = aStore()();
      const ids = [`'`, '~', '%', '#', 'ü'].flatMap((sign) =>
        [0, 1, day, 3 * day].map((age) => ({ age, sign })),
      );
      for (const { age, sign } of ids) await causes.put(aCause(`${sign}-${age}`, -age));
      await causes.put(aCause('later', 1, aKey('-9223372036854775808')));
      for (const limit of [1, 2, 3, 7, 40]) {
        const read: Cause[] = [];
        for (let page: Cause[] = []; ;) {
          page = await causes.since('default', new Date(start - day), page.at(-1) ?? null, limit);
          read.push(...page);
          if (page.length < limit) break;
        }
        const times = read.map(({ failedAt }) => failedAt.getTime());
        expect(times).toEqual(times.toSorted((a, b) => b - a));
        expect(read).toHaveLength(16);
        expect(new Set(read.map(({ eventId }) => eventId)).size).toBe(16);
      }
    });

    test('before an instant are those that come after its place, without those of that instant', async () => {
      const causes = aStore()();
      for (const age of [0, 1, 2, day, 3 * day]) await causes.put(aCause(`E-${age}`, -age));
      const between = async (from: number, until: number) => {
        const place = { failedAt: new Date(start - until), jobId: '', eventId: '' };
        const found = await causes.since('default', new Date(start - from), place, 10);
        return found.map(({ eventId }) => eventId);
      };
      expect(await between(2, 0)).toEqual(['E-1', 'E-2']);
      expect(await between(3 * day, 1)).toEqual(['E-2', `E-${day}`, `E-${3 * day}`]);
      expect(await between(day, day)).toEqual([]);
      expect(await between(day, 2 * day)).toEqual([]);
      expect(await between(0, -5 * day)).toEqual(['E-0']);
    });

    test('of two failures at one instant are two, also of one job', async () => {
      const causes = aStore()();
      await causes.put(aCause('8D12-1', 0));
      await causes.put(aCause('8D12-2', 0));
      await causes.put(aCause('8D12-1', 0, aKey('-9223372036854775808')));
      expect(await causes.since('default', new Date(0), null, 10)).toHaveLength(3);
    });

    test('are pruned by the time of the failure, both ways to find them', async () => {
      const open = aStore();
      const ages = [91 * day, 90 * day + 1, 90 * day, 89 * day, 0];
      for (const age of ages) await open().put(aCause(`E-${age}`, -age));
      await open().put(aCause('other', -91 * day, { environment: 'uat' }));
      expect(await open().prune('default', new Date(start - 90 * day))).toBe(2);
      expect(await open().prune('default', new Date(start - 90 * day))).toBe(0);
      expect(await open().since('default', new Date(0), null, 10)).toHaveLength(3);
      expect(await open().get(aCause('', 0), `E-${91 * day}`)).toBeNull();
      expect(await open().get(aCause('', 0), `E-${90 * day}`)).not.toBeNull();
      expect(await open().since('uat', new Date(0), null, 10)).toHaveLength(1);
    });

    test('take an event id from outside for what it is', async () => {
      const causes = aStore()();
      for (const eventId of [`' or 1 eq 1`, '../a/b\\c#d?e', '%2e', 'ü\u0000😀']) {
        await causes.put(aCause(eventId, 0));
        expect(await causes.get(aKey(), eventId)).toEqual(aCause(eventId, 0));
      }
    });
  });
}

export function aCause(eventId: string, offsetMs: number, more: Partial<Cause> = {}): Cause {
  return {
    ...aKey(),
    eventId,
    description: 'Nightly posting',
    failedAt: new Date(start + offsetMs),
    text: 'Account 4711 is blocked.',
    fingerprint: '00aa11bb22cc33dd',
    source: 'infolog',
    className: null,
    foundAt: new Date(start + 60_000),
    ...more,
  };
}
