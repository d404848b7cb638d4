import { describe, expect, test } from 'vitest';
import type { UnreadableWork, WorkItem } from '../../src/ports/work-item.ts';
import type { ReceivedWork, WorkQueue } from '../../src/ports/work-queue.ts';
import { aDecide, aDeliver, aPublish, aWake } from '../helpers/work-items.ts';

export type QueueUnderTest = {
  /** A queue on the same store each time: another process's, as it were. */
  open: () => WorkQueue;
  now: () => Date;
  /** Lets so much time pass, of whatever clock the queue goes by. */
  advance: (ms: number) => Promise<void>;
  /** How long what was delivered is invisible: short where time is real. */
  visibilityTimeoutMs: number;
};

/**
 * What every driver of the work queue keeps. `aQueue` gives an empty one each time. `concurrent`: time is real, so the
 * tests wait side by side.
 */
export function workQueueContract(
  driver: string,
  aQueue: () => Promise<QueueUnderTest>,
  { concurrent = false } = {},
): void {
  describe(`the work queue on ${driver}`, { concurrent }, () => {
    test('delivers nothing at first', async () => {
      const queue = (await aQueue()).open();
      expect(await queue.receive(10)).toEqual([]);
      expect(await queue.listDeadLetters(10)).toEqual([]);
    });

    test('delivers what another process enqueued, of every kind, digit for digit', async () => {
      const { open, now } = await aQueue();
      const dueAt = new Date(now().getTime() - 877);
      const items = [
        aWake({ jobId: '9223372036854775807', dueAt, environment: 'uat_1-A', wakeId: '“7”' }),
        aPublish({ jobId: '-9223372036854775808', dueAt, faults: 4 }),
        aDeliver({ jobId: '9007199254740993', dueAt }),
        aDecide({ jobId: '1', dueAt }),
      ];
      const sender = open();
      for (const item of items) await sender.enqueue(item);

      const received = await open().receive(10);
      expect(received).toHaveLength(4);
      expect(received.map(({ item }) => item)).toEqual(expect.arrayContaining(items));
    });

    test('proves that it can be written, again and again, and nobody receives a trace of it', async () => {
      const { open, advance } = await aQueue();
      const queue = open();
      await queue.proveWritable();
      await queue.proveWritable();
      await advance(1000);
      expect(await open().receive(10)).toEqual([]);
      expect(await open().listDeadLetters(10)).toEqual([]);
    });

    test('delivers no more than is asked for', async () => {
      const { open, now } = await aQueue();
      const queue = open();
      for (const jobId of ['1', '2', '3']) await queue.enqueue(aWake({ jobId, dueAt: now() }));
      const first = await queue.receive(2);
      const second = await queue.receive(2);
      expect([first.length, second.length]).toEqual([2, 1]);
      expect([...first, ...second].map(({ item }) => jobIdOf(item)).toSorted()).toEqual(['1', '2', '3']);
    });

    test('delivers nothing before it is due', async () => {
      const { open, now, advance } = await aQueue();
      const queue = open();
      const later = aWake({ dueAt: new Date(now().getTime() + 1000) });
      await queue.enqueue(later);
      expect(await queue.receive(10)).toEqual([]);
      await advance(1000);
      expect(await queue.receive(10)).toMatchObject([{ item: later }]);
    });

    test('goes by the delay, if one is given, and not by the time that the item is due', async () => {
      const { open, now, advance } = await aQueue();
      const queue = open();
      await queue.enqueue(aWake({ dueAt: new Date(now().getTime() - 5000) }), { delayMs: 1000 });
      await queue.enqueue(aPublish({ dueAt: new Date(now().getTime() + 86_400_000) }), { delayMs: 0 });
      expect(await queue.receive(10)).toMatchObject([{ item: { kind: 'publish' } }]);
      await advance(1000);
      expect((await queue.receive(10)).map(({ item }) => item.kind)).toContain('wake');
    });

    test('delivers again what is not completed in time', async () => {
      const { open, now, advance, visibilityTimeoutMs } = await aQueue();
      const [queue, another] = [open(), open()];
      await queue.enqueue(aWake({ dueAt: now() }));
      const first = only(await queue.receive(10));
      expect(await another.receive(10)).toEqual([]);

      await advance(visibilityTimeoutMs);
      only(await another.receive(10));
      await queue.complete(first);
      await queue.postpone(first, 86_400_000);

      await advance(visibilityTimeoutMs);
      // A receipt from before neither completes nor delays.
      only(await queue.receive(10));
    });

    test('delivers what was given back once its delay has passed', async () => {
      const { open, now, advance, visibilityTimeoutMs } = await aQueue();
      const queue = open();
      const item = aDecide({ dueAt: now() });
      await queue.enqueue(item);
      await queue.postpone(only(await queue.receive(10)), 2 * visibilityTimeoutMs);
      await advance(visibilityTimeoutMs);
      expect(await queue.receive(10)).toEqual([]);
      await advance(visibilityTimeoutMs);
      expect(await queue.receive(10)).toMatchObject([{ item }]);
    });

    test('delivers what took the place of an item, and nothing beside it', async () => {
      const { open, now, advance } = await aQueue();
      const queue = open();
      await queue.enqueue(aDecide({ jobId: '1', dueAt: now() }));
      const item = aDecide({ jobId: '2', description: 'ü', dueAt: now(), faults: 1 });
      await queue.postpone(only(await queue.receive(10)), 1000, item);
      expect(await queue.receive(10)).toEqual([]);
      await advance(1000);
      expect(only(await queue.receive(10)).item).toEqual(item);
    });

    test('removes what was completed, also if it is completed twice', async () => {
      const { open, now, advance, visibilityTimeoutMs } = await aQueue();
      const queue = open();
      await queue.enqueue(aWake({ dueAt: now() }));
      const received = only(await queue.receive(10));
      await queue.complete(received);
      await queue.complete(received);
      await advance(visibilityTimeoutMs);
      expect(await queue.receive(10)).toEqual([]);
      expect(await queue.listDeadLetters(10)).toEqual([]);
    });

    test('keeps dead letters for people, each under an id, and does not deliver them', async () => {
      const { open, now } = await aQueue();
      const queue = open();
      const item = aDeliver({ jobId: '9223372036854775807', dueAt: now(), faults: 5 });
      await queue.deadLetter(item, null, 'It failed "again" – 5 times.');
      await queue.deadLetter(null, 'not ours {', 'The message is not work.');

      expect(await queue.receive(10)).toEqual([]);
      const listed = await open().listDeadLetters(10);
      expect(listed).toHaveLength(2);
      expect(listed).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ item, raw: null, reason: 'It failed "again" – 5 times.' }),
          expect.objectContaining({ item: null, raw: 'not ours {', reason: 'The message is not work.' }),
        ]),
      );
      expect(new Set(listed.map(({ id }) => id)).size).toBe(2);
      const age = now().getTime() - (listed[0]?.at.getTime() ?? NaN);
      expect(Math.abs(age)).toBeLessThanOrEqual(3000);
    });

    test('keeps the item of a dead letter although its reason is very long', async () => {
      const { open, now } = await aQueue();
      const queue = open();
      const item = aDecide({ dueAt: now(), description: 'ü'.repeat(10_000) });
      await queue.deadLetter(item, null, 'why '.repeat(50_000));
      expect(await queue.listDeadLetters(10)).toMatchObject([{ item }]);
    });
  });
}

function jobIdOf(item: WorkItem | UnreadableWork): string {
  return item.kind === 'unreadable' ? item.raw : item.jobId;
}

function only(received: readonly ReceivedWork[]): ReceivedWork {
  const [work] = received;
  if (!work || received.length > 1) throw new Error(`${received.length} were delivered, not one`);
  return work;
}
