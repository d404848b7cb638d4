import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { type Announcement, silentTelemetry, type Telemetry } from '../../../src/ports/telemetry.ts';
import { OtherVersion } from '../../../src/ports/other-version.ts';
import { serializeWork, type WorkItem } from '../../../src/ports/work-item.ts';
import type { WorkQueue } from '../../../src/ports/work-queue.ts';
import { createConsumeWorkMessage } from '../../../src/usecases/work/consume-work-message.ts';
import { createPollWorkQueue } from '../../../src/usecases/work/poll-work-queue.ts';
import { createProcessWork, type DoWork } from '../../../src/usecases/work/process-work.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { aDecide, aDeliver, aPublish, aWake } from '../../helpers/work-items.ts';

const minute = 60_000;
const lost = () => Promise.reject(new StoreUnavailable('disk I/O error'));
const bug = () => Promise.reject(new TypeError('a bug'));
const otherVersion = () => Promise.reject(new OtherVersion('The record of batch job 1 has version 3.'));

test('work that fails is delivered again after 1, 2, 4 and 8 minutes, then is a dead letter, announced once', async () => {
  const world = aWorld(bug);
  await world.queue.enqueue(aWake({ dueAt: world.clock.now(), wakeId: '7' }));
  for (const minutes of [1, 2, 4, 8]) {
    expect(await world.poll()).toBe(1);
    await world.clock.advance(minutes * minute - 1);
    expect(await world.poll()).toBe(0);
    await world.clock.advance(1);
  }
  expect(world.announced).toEqual([]);
  expect(await world.poll()).toBe(1);
  expect(await world.queue.listDeadLetters(10)).toMatchObject([
    { item: { kind: 'wake', wakeId: '7', faults: 5 }, raw: null, reason: 'a bug' },
  ]);
  expect(world.announced).toMatchObject([{ about: 'dead-letter', jobId: '1', reason: 'a bug' }]);
  await world.clock.advance(60 * minute);
  expect(await world.poll()).toBe(0);
});

test.each([aWake(), aPublish(), aDeliver(), aDecide()])(
  'a lost store is no fault of $kind: it is given back each time, and never given up',
  async (item) => {
    const world = aWorld(lost);
    await world.queue.enqueue({ ...item, dueAt: world.clock.now() });
    for (let times = 0; times < 8; times++) {
      await expect(world.poll()).rejects.toThrow(StoreUnavailable);
      await world.clock.advance(minute / 2 - 1);
      expect(await world.poll()).toBe(0);
      await world.clock.advance(1);
    }
    expect(world.done).toMatchObject(Array.from({ length: 8 }, () => ({ kind: item.kind, faults: 0 })));
    expect([world.announced, await world.queue.listDeadLetters(10)]).toEqual([[], []]);
  },
);

test('one item that meets a lost store holds up no other', async () => {
  const world = aWorld((item) => (item.jobId === '3' ? lost() : Promise.resolve(null)));
  for (const jobId of ['1', '2', '3', '4'])
    await world.queue.enqueue(aWake({ jobId, dueAt: world.clock.now() }));
  await expect(world.poll()).rejects.toThrow(StoreUnavailable);
  await world.clock.advance(60 * minute);
  await expect(world.poll()).rejects.toThrow(StoreUnavailable);
  expect(world.done.map(({ jobId }) => jobId)).toEqual(['1', '2', '3', '4', '3']);
});

test('each job whose record another version wrote is logged, and the store counts as working', async () => {
  const world = aWorld((item) => (item.jobId === '2' ? Promise.resolve(null) : otherVersion()));
  for (const jobId of ['1', '2', '3']) await world.queue.enqueue(aWake({ jobId, dueAt: world.clock.now() }));
  expect(await world.poll()).toBe(3);
  expect(world.errors).toEqual(['Batch job 1 (wake) waits.', 'Batch job 3 (wake) waits.']);
  await world.clock.advance(5 * minute);
  expect(await world.poll()).toBe(2);
});

test('what is left of an item takes its place', async () => {
  const world = aWorld((item) =>
    Promise.resolve(item.jobId === '1' ? { item: aDecide({ jobId: '2' }), delayMs: minute } : null),
  );
  await world.queue.enqueue(aDecide({ jobId: '1', dueAt: world.clock.now() }));
  expect(await world.poll()).toBe(1);
  expect(await world.poll()).toBe(0);
  await world.clock.advance(minute);
  expect(await world.poll()).toBe(1);
  await world.clock.advance(60 * minute);
  expect(await world.poll()).toBe(0);
  expect(world.done.map(({ jobId }) => jobId)).toEqual(['1', '2']);
});

test('an item with a delay left waits for that, too', async () => {
  const world = aWorld();
  await world.queue.enqueue({ ...aWake(), remainingMs: 10 * minute }, { delayMs: 0 });
  expect(await world.poll()).toBe(1);
  expect(world.done).toEqual([]);
  await world.clock.advance(10 * minute);
  expect(await world.poll()).toBe(1);
  expect(world.done).toEqual([aWake()]);
});

test('a message that is no work is a dead letter with its text and the reason, announced once', async () => {
  const world = aWorld();
  await world.consume({ value: { kind: 'wakee' }, receipt: 'none' });
  const reason = 'The message is not work: its kind "wakee" is unknown.';
  expect(await world.queue.listDeadLetters(10)).toMatchObject([
    { item: null, raw: '{"kind":"wakee"}', reason },
  ]);
  expect(world.announced).toMatchObject([{ about: 'dead-letter', environment: '', jobId: null, reason }]);
});

test('what cannot be kept as a dead letter is given back, and announced when it is kept', async () => {
  let isLost = true;
  const world = aWorld(bug, (queue) => {
    const deadLetter = queue.deadLetter.bind(queue);
    queue.deadLetter = (...args) => (isLost ? lost() : deadLetter(...args));
    return queue;
  });
  await world.queue.enqueue(aPublish({ dueAt: world.clock.now(), faults: 4 }));
  await expect(world.poll()).rejects.toThrow(StoreUnavailable);
  expect(world.announced).toEqual([]);
  isLost = false;
  await world.clock.advance(minute);
  expect(await world.poll()).toBe(1);
  expect(world.announced).toHaveLength(1);
});

test('a queue trigger gets a rejection for a lost store and for no bug; both leave one item', async () => {
  let doWork: DoWork = lost;
  const world = aWorld((item) => doWork(item));
  const item = aWake({ dueAt: world.clock.now() });
  await world.queue.enqueue(item);
  const [first] = await world.queue.receive(1);
  const message = {
    value: JSON.parse(serializeWork(item)),
    receipt: first?.receipt ?? '',
  };
  await expect(world.consume(message)).rejects.toThrow(StoreUnavailable);
  await world.clock.advance(2 * minute);
  const [second, ...others] = await world.queue.receive(10);
  expect(others).toEqual([]);

  doWork = bug;
  await world.consume({ ...message, receipt: second?.receipt ?? '' });
  await world.clock.advance(minute);
  expect(await world.queue.receive(10)).toMatchObject([{ item: { faults: 1 } }]);
});

test('a queue trigger that gives no receipt gets a new item for the one that it deletes', async () => {
  const world = aWorld(bug);
  await world.consume({ value: JSON.parse(serializeWork(aWake())), receipt: null });
  await world.clock.advance(minute);
  expect(await world.queue.receive(10)).toMatchObject([{ item: { faults: 1 } }]);
});

/** The rule on a real queue, with work that does what the test says. */
function aWorld(doWork: DoWork = () => Promise.resolve(null), wrap = (queue: WorkQueue) => queue) {
  const clock = new ManualClock();
  const queue = wrap(openSqlite(':memory:', clock).queue);
  const announced: Announcement[] = [];
  const errors: string[] = [];
  const done: WorkItem[] = [];
  const telemetry: Telemetry = {
    ...silentTelemetry,
    record: (event) => {
      if (event.kind === 'announced') announced.push(event);
      if (event.kind === 'error') errors.push(event.message);
    },
  };
  const ports = { clock, queue, telemetry };
  const deadLettered: WorkItem[] = [];
  const processWork = createProcessWork(
    ports,
    (item) => {
      done.push(item);
      return doWork(item);
    },
    (item) => Promise.resolve(void deadLettered.push(item)),
  );
  return {
    clock,
    queue,
    announced,
    errors,
    done,
    deadLettered,
    poll: createPollWorkQueue(ports, processWork),
    consume: createConsumeWorkMessage(ports, processWork),
  };
}
