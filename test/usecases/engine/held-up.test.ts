import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;

/** The clocks of a process that is held up: time goes by, and its timers do not notice. */
class HeldUpClock extends ManualClock {
  heldUpMs = 0;
  /** How far the time of day was set forward, which takes no time. */
  setForwardMs = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.heldUpMs + this.setForwardMs);
  }

  override uptimeMs(): number {
    return super.uptimeMs() + this.heldUpMs;
  }
}

/** A service that is held up for so long once its first write, the claim, is done. */
function heldUpAfterClaim(clock: HeldUpClock, ms: number): Promise<TestService> {
  return aService({
    clock,
    wrapLedger: (ledger) => {
      const write = ledger.write.bind(ledger);
      ledger.write = async (...args) => {
        const written = await write(...args);
        if (clock.heldUpMs === 0) clock.heldUpMs = ms;
        return written;
      };
      return ledger;
    },
  });
}

test('a request that F&O takes after its claim was given back is counted all the same', async () => {
  const clock = new HeldUpClock();
  await using service = await aService({ clock });
  const event = await failureEvent(service);
  service.sandbox.faults.add({ kind: 'delay', ms: 1500, acts: 'last' }, { on: 'action' });
  const answer = service.deliver(event);
  await expect.poll(() => service.sandbox.requests.some(({ route }) => route === 'action')).toBe(true);

  clock.heldUpMs = 40_000;
  await service.service.pollWorkQueue();
  expect(service.sandbox.requeues(jobId)).toBe(1);
  await service.sandbox.run(jobId);
  await answer;

  expect(service.sandbox.requeues(jobId)).toBe(2);
  expect((await service.get(`batch-jobs/${jobId}`)).body).toMatchObject({ retriesUsed: 2 });
});

test('a process that was held up while it asked for a token sends nothing', async () => {
  const clock = new HeldUpClock();
  await using service = await aService({ clock });
  const event = await failureEvent(service);
  service.sandbox.faults.add({ kind: 'delay', ms: 700 }, { on: 'token' });
  const answer = service.deliver(event);
  await expect.poll(() => service.sandbox.requests.some(({ route }) => route === 'token')).toBe(true);
  clock.heldUpMs = 40_000;

  expect((await answer).body).toMatchObject({
    decision: 'deferred',
    reason: expect.stringMatching(/stalled before it could send/),
  });
  expect(service.sandbox.requests.filter(({ route }) => route === 'action')).toHaveLength(0);
});

test('a process that was held up after its claim sends nothing, and its wake-up sends the request', async () => {
  const clock = new HeldUpClock();
  await using service = await heldUpAfterClaim(clock, 40_000);

  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'deferred' });
  expect(service.sandbox.requests.filter(({ route }) => route === 'action')).toHaveLength(0);
  await clock.advance(2000);
  await service.service.pollWorkQueue();
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a process that has no time left for an answer after its claim sends nothing', async () => {
  const clock = new HeldUpClock();
  await using service = await heldUpAfterClaim(clock, 3800);

  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({
    decision: 'deferred',
    reason: expect.stringMatching(/no time left to ask F&O/),
  });
  expect(service.sandbox.requests.filter(({ route }) => route === 'action')).toHaveLength(0);
});

test('a clock that is set forward during a request leaves its claim to the process that sent it', async () => {
  const clock = new HeldUpClock();
  await using service = await aService({ clock });
  const event = await failureEvent(service);
  service.sandbox.faults.add({ kind: 'delay', ms: 500, acts: 'last' }, { on: 'action' });
  const answer = service.deliver(event);
  await expect.poll(() => service.sandbox.requests.some(({ route }) => route === 'action')).toBe(true);

  clock.setForwardMs = 3_600_000;
  await service.service.pollWorkQueue();
  expect((await answer).body).toMatchObject({ decision: 'requeued', retry: 1 });
  expect(service.sandbox.requests.filter(({ route }) => route === 'action')).toHaveLength(1);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});
