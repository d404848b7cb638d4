import { describe, expect, test } from 'vitest';
import { type JobId, parseJobId } from '../../src/policy/job-id.ts';
import type { ReceivedWork, Work, WorkQueue } from '../../src/ports/work-queue.ts';

export type QueueUnderTest = {
  /** A queue on the same store each time: another process's, as it were. */
  open: () => WorkQueue;
  now: () => Date;
  /** Lets so much time pass, of whatever clock the queue goes by. */
  advance: (ms: number) => Promise<void>;
  /** How long the queue hides what it hands out: short where time is real. */
  hiddenMs: number;
};

/** What every driver of the work queue keeps. `aQueue` gives an empty one each time. */
export function workQueueContract(driver: string, aQueue: () => Promise<QueueUnderTest>): void {
  describe(`the work queue on ${driver}`, () => {
    test('has nothing to hand out at first', async () => {
      const queue = (await aQueue()).open();
      expect(await queue.receive(10)).toEqual([]);
      expect(await queue.listSetAside(10)).toEqual([]);
    });

    test('hands out what another put, with int64 ids and instants exact', async () => {
      const { open, now } = await aQueue();
      const dueAt = new Date(now().getTime() - 877);
      const works = ['9223372036854775807', '-9223372036854775808', '9007199254740993'].map((jobId) =>
        aWork(jobId, dueAt, 'uat_1-A'),
      );
      const putter = open();
      for (const work of works) await putter.put(work);

      const received = await open().receive(10);
      expect(received.map(({ work }) => work)).toHaveLength(3);
      expect(received.map(({ work }) => work)).toEqual(expect.arrayContaining(works));
      expect(received.map(({ tries }) => tries)).toEqual([1, 1, 1]);
    });

    test('hands out no more than is asked for', async () => {
      const { open, now } = await aQueue();
      const queue = open();
      for (const jobId of ['1', '2', '3']) await queue.put(aWork(jobId, now()));
      const first = await queue.receive(2);
      const second = await queue.receive(2);
      expect([first.length, second.length]).toEqual([2, 1]);
      expect([...first, ...second].map(({ work }) => work.jobId).toSorted()).toEqual(['1', '2', '3']);
    });

    test('hands out nothing before its time', async () => {
      const { open, now, advance } = await aQueue();
      const queue = open();
      const later = aWork('1', new Date(now().getTime() + 1000));
      await queue.put(later);
      expect(await queue.receive(10)).toEqual([]);
      await advance(1000);
      expect(await queue.receive(10)).toMatchObject([{ work: later, tries: 1 }]);
    });

    test('hides what it handed out, then hands it out again and counts the tries', async () => {
      const { open, now, advance, hiddenMs } = await aQueue();
      const [queue, another] = [open(), open()];
      await queue.put(aWork('1', now()));
      const first = only(await queue.receive(10));
      expect(await another.receive(10)).toEqual([]);

      await advance(hiddenMs);
      expect(only(await another.receive(10)).tries).toBe(2);
      await queue.complete(first);

      await advance(hiddenMs);
      const third = only(await queue.receive(10));
      expect(third.tries, 'a receipt from before completes nothing').toBe(3);
    });

    test('forgets what was completed, and takes it well when told twice', async () => {
      const { open, now, advance, hiddenMs } = await aQueue();
      const queue = open();
      await queue.put(aWork('1', now()));
      const received = only(await queue.receive(10));
      await queue.complete(received);
      await queue.complete(received);
      await advance(hiddenMs);
      expect(await queue.receive(10)).toEqual([]);
      expect(await queue.listSetAside(10)).toEqual([]);
    });

    test('keeps what was set aside for people, and does not hand it out', async () => {
      const { open, now, advance, hiddenMs } = await aQueue();
      const queue = open();
      const work = aWork('9223372036854775807', now());
      await queue.put(work);
      await queue.setAside(only(await queue.receive(10)), 'It failed "again" – 5 times.');
      await advance(hiddenMs);

      expect(await queue.receive(10)).toEqual([]);
      const listed = await open().listSetAside(10);
      expect(listed).toMatchObject([{ work, reason: 'It failed "again" – 5 times.' }]);
      const age = now().getTime() - (listed[0]?.at.getTime() ?? NaN);
      expect(Math.abs(age)).toBeLessThanOrEqual(hiddenMs + 2000);
    });
  });
}

function aWork(jobId: string, dueAt: Date, environment = 'default'): Work {
  return { environment, jobId: id(jobId), dueAt };
}

function id(text: string): JobId {
  const jobId = parseJobId(text);
  if (jobId === null) throw new Error(`${text} is no job id`);
  return jobId;
}

function only(received: readonly ReceivedWork[]): ReceivedWork {
  const [work] = received;
  if (!work || received.length > 1) throw new Error(`${received.length} were handed out, not one`);
  return work;
}
