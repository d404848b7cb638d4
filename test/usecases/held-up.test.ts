import { expect, test } from 'vitest';
import { aFailure, aService, nightlyPosting } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;

/** A clock that is set forward without its timers noticing, as a machine's is when it was asleep. */
class JumpingClock extends ManualClock {
  jumpedMs = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.jumpedMs);
  }
}

test('a request that F&O takes after its claim was given back is counted all the same', async () => {
  const clock = new JumpingClock();
  await using service = await aService({ clock });
  const event = await aFailure(service);
  service.sandbox.faults.add({ kind: 'delay', ms: 1500, acts: 'last' }, { on: 'action' });
  const answer = service.deliver(event);
  await expect.poll(() => service.sandbox.requests.some(({ route }) => route === 'action')).toBe(true);

  clock.jumpedMs = 40_000;
  await service.service.doDueWork();
  expect(service.sandbox.requeues(jobId)).toBe(1);
  await service.sandbox.run(jobId);
  expect((await answer).body).toMatchObject({ decision: 'requeued' });

  expect(service.sandbox.requeues(jobId)).toBe(2);
  expect((await service.get(`batch-jobs/${jobId}`)).body).toMatchObject({ retriesUsed: 2 });
});

test('a process that was held up while it asked for a token sends nothing', async () => {
  const clock = new JumpingClock();
  await using service = await aService({ clock });
  const event = await aFailure(service);
  service.sandbox.faults.add({ kind: 'delay', ms: 700 }, { on: 'token' });
  const answer = service.deliver(event);
  await expect.poll(() => service.sandbox.requests.some(({ route }) => route === 'token')).toBe(true);
  clock.jumpedMs = 40_000;

  expect((await answer).body).toMatchObject({
    decision: 'deferred',
    reason: expect.stringMatching(/held up/),
  });
  expect(service.sandbox.requests.filter(({ route }) => route === 'action')).toHaveLength(0);
});
