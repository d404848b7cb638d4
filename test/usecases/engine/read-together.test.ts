import { expect, test } from 'vitest';
import type { ListedBatchJob } from '../../../src/ports/batch-jobs.ts';
import { Deadline } from '../../../src/usecases/engine/deadline.ts';
import { ReadTogether } from '../../../src/usecases/engine/read-together.ts';
import { observed } from '../../domain/job/builders.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';
import { aKey } from '../../helpers/stored-records.ts';

const minute = 60_000;
/** Ids as long as they can be. */
const jobIds = Array.from({ length: 20 }, (_, index) => String(9_223_372_036_854_775_000n + BigInt(index)));

/** A service with 20 jobs that it has requeued, and whose follow-ups are due. */
async function followed(policy: object = everyJob): Promise<TestService> {
  const clock = new ManualClock();
  const service = await aService({
    policy,
    clock,
    jobs: jobIds.map((jobId) => ({ ...nightlyPosting, jobId })),
  });
  for (const jobId of jobIds) {
    await service.sandbox.run(jobId);
    await service.deliver(service.sandbox.failedEvent(jobId));
  }
  for (const jobId of jobIds) service.sandbox.setScript(jobId, { kind: 'succeed' });
  await clock.advance(minute);
  return service;
}

/** Polls the work queue. Resolves to the requests that F&O got meanwhile, by their routes. */
function poll({ service, sandbox }: TestService): Promise<{ read: number; list: number }> {
  return asked(sandbox, () => service.pollWorkQueue());
}

async function asked(
  sandbox: TestService['sandbox'],
  act: () => Promise<unknown>,
): Promise<{ read: number; list: number }> {
  const before = sandbox.requests.length;
  await act();
  const requests = sandbox.requests.slice(before);
  const count = (route: string) => requests.filter((request) => request.route === route).length;
  return { read: count('read'), list: count('list') };
}

const states = async (service: TestService, of = jobIds) => {
  const views = await Promise.all(of.map(async (jobId) => (await service.get(`batch-jobs/${jobId}`)).body));
  return new Set(views.map(({ state }) => state));
};

test('follow-ups that are due together are read by a few queries, and each job is settled by its own row', async () => {
  await using service = await followed();
  const [first = '', ...others] = jobIds;
  for (const jobId of others) await service.sandbox.run(jobId);
  const { read, list } = await poll(service);
  expect(read).toBeLessThanOrEqual(1);
  expect(list).toBeLessThanOrEqual(3);
  expect(await states(service, others)).toEqual(new Set(['recovered']));
  expect(await states(service, [first])).toEqual(new Set(['requeued']));
});

test('failures that arrive at the same time are read by one query, and each is requeued once', async () => {
  await using service = await aService({
    policy: everyJob,
    jobs: jobIds.map((jobId) => ({ ...nightlyPosting, jobId })),
  });
  for (const jobId of jobIds) await service.sandbox.run(jobId);
  const events = jobIds.map((jobId) => service.sandbox.failedEvent(jobId));
  const requests = await asked(service.sandbox, async () => {
    const answers = await Promise.all(events.map((event) => service.deliver(event)));
    expect(new Set(answers.map(({ body }) => body.decision))).toEqual(new Set(['requeued']));
  });
  expect(requests).toEqual({ read: 0, list: 1 });
  expect(jobIds.map((jobId) => service.sandbox.requeues(jobId))).toEqual(jobIds.map(() => 1));
});

test('a job that the list lacks is read by itself: only that proves that F&O does not have it', async () => {
  await using service = await followed();
  const [gone = ''] = jobIds;
  service.sandbox.vanish(gone);
  expect((await poll(service)).read).toBe(1);
  expect(await states(service)).toEqual(new Set(['requeued']));
});

test('a query that F&O refuses is asked again job by job', async () => {
  await using service = await followed();
  for (const jobId of jobIds) await service.sandbox.run(jobId);
  service.sandbox.faults.add({ kind: 'forbidden' }, { on: 'list', times: 9 });
  expect((await poll(service)).read).toBe(jobIds.length);
  expect(await states(service)).toEqual(new Set(['recovered']));
});

test('a query that meets a fault is asked again job by job, and does not count for the breaker', async () => {
  await using service = await followed();
  const [first = '', ...others] = jobIds;
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'list', times: 9 });
  expect((await poll(service)).read).toBe(jobIds.length);
  expect(await states(service)).toEqual(new Set(['requeued']));
  for (const jobId of others) await service.sandbox.run(jobId);
  service.sandbox.setScript(first, { kind: 'always-fail' });
  expect((await service.deliver(await failureEvent(service, first))).body).toMatchObject({
    decision: 'requeued',
  });
});

test('a query that F&O answers counts for the breaker as a read', async () => {
  await using service = await aService({
    policy: everyJob,
    jobs: jobIds.map((jobId) => ({ ...nightlyPosting, jobId })),
  });
  const { sandbox } = service;
  const fails = async (jobId = '') => {
    await sandbox.run(jobId);
    return (await service.deliver(sandbox.failedEvent(jobId))).body['decision'];
  };
  /** Nothing is sent for it: only the read counts. */
  const failsAndIsHeld = async (jobId = '') => {
    await sandbox.run(jobId);
    sandbox.setStatus(jobId, 'Hold');
    return (await service.deliver(sandbox.failedEvent(jobId))).body['decision'];
  };
  const [first, second, last, ...others] = jobIds;
  sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'read', times: 5 });
  for (const jobId of others.slice(0, 4)) expect(await fails(jobId)).toBe('deferred');
  const held = await Promise.all([first, second].map((jobId) => failsAndIsHeld(jobId)));
  expect(held).toEqual(['superseded', 'superseded']);
  expect(await fails(others[4])).toBe('deferred');
  expect(await fails(last)).toBe('requeued');
});

test('while F&O does not answer such a query, jobs are read one by one, in time', async () => {
  await using service = await followed();
  const { clock, sandbox } = service;
  if (!(clock instanceof ManualClock)) throw new Error('The clock moves by itself.');
  for (const jobId of jobIds) await sandbox.run(jobId);
  sandbox.faults.add({ kind: 'hang' }, { on: 'list', times: 99 });
  const polled = poll(service);
  await expect.poll(() => sandbox.requests.filter(({ route }) => route === 'list').length).toBe(1);
  await clock.advance(1200);
  expect(await polled).toEqual({ read: jobIds.length, list: 1 });
  expect(await states(service)).toEqual(new Set(['recovered']));
});

test('a token that takes longer than such a query may delays nobody, and says nothing of queries', async () => {
  const clock = new ManualClock();
  const answer = { status: null, isSuccess: null, message: 'the token endpoint did not answer in time' };
  let lists = 0;
  const reads = new ReadTogether({
    uptimeMs: () => clock.uptimeMs(),
    readOne: () => Promise.resolve({ kind: 'out-of-time' }),
    list: () => {
      lists += 1;
      return Promise.resolve({ kind: 'not-sent', cause: 'token', answer });
    },
  });
  for (const round of [1, 2]) {
    const deadline = new Deadline(clock, 8000, new AbortController().signal);
    const read = await Promise.all(jobIds.map((jobId) => reads.read(aKey(jobId), deadline)));
    expect(new Set(read.map(({ kind }) => kind))).toEqual(new Set(['out-of-time']));
    expect(lists).toBe(round);
  }
});

test('a token that F&O takes for reads but not for queries is announced to nobody', async () => {
  await using service = await followed();
  for (const jobId of jobIds) await service.sandbox.run(jobId);
  service.sandbox.faults.add({ kind: 'unauthorized' }, { on: 'list', times: 9 });
  expect((await poll(service)).read).toBe(jobIds.length);
  expect(await states(service)).toEqual(new Set(['recovered']));
  expect(service.lines.filter((line) => line.includes('ATTENTION'))).toEqual([]);
});

const listedAs = (jobId: string, status: string): ListedBatchJob => ({
  ...observed(status),
  jobId: aKey(jobId).jobId,
});

test('a list that contradicts itself is believed in nothing', async () => {
  const clock = new ManualClock();
  const [first = '', second = ''] = jobIds;
  const reads = new ReadTogether({
    uptimeMs: () => clock.uptimeMs(),
    readOne: () => Promise.resolve({ kind: 'out-of-time' }),
    list: () =>
      Promise.resolve({
        kind: 'listed',
        jobs: [listedAs(first, 'Executing'), listedAs(first, 'Error'), listedAs(second, 'Error')],
        cutOff: null,
      }),
  });
  const deadline = new Deadline(clock, 8000, new AbortController().signal);
  const read = await Promise.all([first, second].map((jobId) => reads.read(aKey(jobId), deadline)));
  expect(read.map(({ kind }) => kind)).toEqual(['out-of-time', 'out-of-time']);
});

test('jobs that a query could not tell of are read one by one for five minutes, then by a query again', async () => {
  const clock = new ManualClock();
  let lists = 0;
  let isBroken = true;
  const reads = new ReadTogether({
    uptimeMs: () => clock.uptimeMs(),
    readOne: () => Promise.resolve({ kind: 'out-of-time' }),
    list: () => {
      lists += 1;
      const answer = { status: 429, isSuccess: null, message: null };
      return Promise.resolve(
        isBroken
          ? { kind: 'throttled', retryAfterMs: null, answer }
          : { kind: 'listed', jobs: [], cutOff: null },
      );
    },
  });
  const readAll = () => {
    const deadline = new Deadline(clock, 8000, new AbortController().signal);
    return Promise.all(jobIds.map((jobId) => reads.read(aKey(jobId), deadline)));
  };
  await readAll();
  isBroken = false;
  await clock.advance(5 * minute - 1);
  await readAll();
  expect(lists).toBe(1);
  await clock.advance(1);
  await readAll();
  await readAll();
  expect(lists).toBe(3);
});

test('who has no time left is not read, and takes no time from those who are asked for together with it', async () => {
  const clock = new ManualClock();
  const never = new AbortController().signal;
  const old = new Deadline(clock, 8000, never);
  await clock.advance(4000);
  const fresh = new Deadline(clock, 8000, never);
  const lists: string[][] = [];
  const reads = new ReadTogether({
    uptimeMs: () => clock.uptimeMs(),
    readOne: () => Promise.resolve({ kind: 'out-of-time' }),
    list: (_environment, ids, deadline) => {
      lists.push([...ids]);
      const until = clock.now();
      return Promise.resolve(deadline.canCallFno() ? { kind: 'breaker-open', until } : outOfTime);
    },
  });
  const keys = jobIds.slice(0, 3).map((jobId) => aKey(jobId));
  const read = await Promise.all(keys.map((key, index) => reads.read(key, index === 0 ? old : fresh)));
  expect(lists).toEqual([jobIds.slice(1, 3)]);
  expect(read.map(({ kind }) => kind)).toEqual(['out-of-time', 'breaker-open', 'breaker-open']);
});

const outOfTime = {
  kind: 'not-sent',
  cause: 'time',
  answer: { status: null, isSuccess: null, message: null },
} as const;
