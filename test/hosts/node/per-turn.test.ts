import { expect, test } from 'vitest';
import { perTurn } from '../../../src/hosts/node/per-turn.ts';

test('what one turn of the event loop brings is done together after it, in its order', async () => {
  const done: number[][] = [];
  const { later } = perTurn<number>((all) => done.push(all));
  later(1);
  await Promise.resolve();
  later(2);
  expect(done).toEqual([]);
  await new Promise(setImmediate);
  later(3);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(done).toEqual([[1, 2], [3]]);
});

test('what comes while the turn is being done is done after the next', async () => {
  const done: string[][] = [];
  const { later } = perTurn<string>((all) => {
    done.push(all);
    if (done.length === 1) later('meanwhile');
  });
  later('first');
  await new Promise(setImmediate);
  expect(done).toEqual([['first']]);
  await new Promise(setImmediate);
  expect(done).toEqual([['first'], ['meanwhile']]);
});

test('what waits is done at once when asked, and not again', async () => {
  const done: number[][] = [];
  const { later, now } = perTurn<number>((all) => done.push(all));
  now();
  later(1);
  now();
  await new Promise(setImmediate);
  expect(done).toEqual([[1]]);
});
