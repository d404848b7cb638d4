import { expect, test } from 'vitest';
import { aFailure, aService, nightlyPosting, type TestService } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;

test('HTTP 500 to three requests for one failure counts as a refusal', async () => {
  await using service = await aService();
  service.sandbox.faults.add(
    { kind: 'business-error', message: 'Number sequence is full.' },
    { on: 'action', times: 9 },
  );
  await service.deliver(await aFailure(service));

  await takeUpWhatIsDue(service);

  expect(await lastDecision(service)).toBe('refused');
  expect(actions(service)).toBe(3);
  expect(await budgetUsed(service)).toBe(0);
});

test('a requeue that was delayed reads the status first, and is dropped if the job is not in Error any more', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'action' });
  await service.deliver(await aFailure(service));
  service.sandbox.setStatus(jobId, 'Canceled');

  await takeUpWhatIsDue(service);

  expect(await lastDecision(service)).toBe('superseded');
  expect(service.sandbox.requeues(jobId)).toBe(0);
});

test('a status that cannot be read puts the job off again, as long as it takes', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'html', committed: true }, { on: 'action' });
  service.sandbox.faults.add({ kind: 'unavailable', status: 502 }, { on: 'read', times: 4 });
  await service.deliver(await aFailure(service));

  await takeUpWhatIsDue(service);

  expect(await lastDecision(service)).toBe('requeued');
  expect(actions(service)).toBe(1);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('the next delivery of a deferred event tries again once it is due, without the loop', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'throttled', retryAfter: 60 }, { on: 'action' });
  const event = await aFailure(service);
  await service.deliver(event);

  expect(await service.deliver(event)).toMatchObject({ status: 202, body: { decision: 'duplicate' } });
  await advance(service, 60_000);
  expect(await service.deliver(event)).toMatchObject({
    status: 200,
    body: { decision: 'requeued', retry: 1 },
  });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

function actions({ sandbox }: TestService): number {
  return sandbox.requests.filter(({ route }) => route === 'action').length;
}

async function advance({ clock }: TestService, ms: number): Promise<void> {
  if (clock instanceof ManualClock) await clock.advance(ms);
}

/** Lets half a day pass in steps, with the loop taking up what is due. */
async function takeUpWhatIsDue(service: TestService): Promise<void> {
  for (let minutes = 0; minutes < 12 * 60; minutes += 15) {
    await advance(service, 15 * 60_000);
    while ((await service.service.doDueWork()) > 0);
  }
}

async function lastDecision(service: TestService): Promise<unknown> {
  const { body } = await service.get(`batch-jobs/${jobId}/history`);
  const entries = body['value'];
  const [newest]: unknown[] = Array.isArray(entries) ? entries : [];
  return newest && typeof newest === 'object' && 'decision' in newest ? newest.decision : null;
}

async function budgetUsed(service: TestService): Promise<number> {
  return Number((await service.get(`batch-jobs/${jobId}`)).body['retriesUsed']);
}
