import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inRounds, orderOfRound } from '../../bench/rounds.ts';

test('in each round everyone is measured once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer()), fc.nat(100), (contenders, round) => {
      const order = orderOfRound(contenders, round);
      expect([order.length, new Set(order)]).toEqual([contenders.length, new Set(contenders)]);
    }),
  );
});

test('in as many rounds as there are contenders, each has every place once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 8 }), (contenders) => {
      const orders = contenders.map((_, round) => orderOfRound(contenders, round));
      for (const place of contenders.keys()) {
        expect(new Set(orders.map((order) => order[place])).size).toBe(contenders.length);
      }
    }),
  );
});

test('what is measured is told by contender, in the order of the rounds', async () => {
  const order: string[] = [];
  const measured = await inRounds(['a', 'b'], 3, (contender, round) => {
    order.push(contender);
    return Promise.resolve(`${contender}${round}`);
  });
  expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
  expect([...measured]).toEqual([
    ['a', ['a0', 'a1', 'a2']],
    ['b', ['b0', 'b1', 'b2']],
  ]);
});
