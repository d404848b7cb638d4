import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;

test('HTTP 500 to three requests for one failure counts as a refusal', async () => {
  await using service = await aService();
  service.sandbox.faults.add(
    { kind: 'business-error', message: 'Number sequence is full.' },
    { on: 'action', times: 9 },
  );
  await service.deliver(await failureEvent(service));

  await doWhatIsDue(service);

  expect(await lastDecision(service)).toBe('refused');
  expect(actions(service)).toBe(3);
  expect(await budgetUsed(service)).toBe(0);
});

test('a requeue that was deferred reads the job first, and is dropped if a person took it out', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'action' });
  await service.deliver(await failureEvent(service));
  service.sandbox.setStatus(jobId, 'Canceled');

  await doWhatIsDue(service);

  expect(await lastDecision(service)).toBe('superseded');
  expect(service.sandbox.requeues(jobId)).toBe(0);
});

test('a job that cannot be read is deferred again, as long as it takes', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'html', committed: true }, { on: 'action' });
  service.sandbox.faults.add({ kind: 'unavailable', status: 502 }, { on: 'read', times: 4 });
  await service.deliver(await failureEvent(service));

  await doWhatIsDue(service);

  expect(await lastDecision(service)).toBe('requeued');
  expect(actions(service)).toBe(1);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

function actions({ sandbox }: TestService): number {
  return sandbox.requests.filter(({ route }) => route === 'action').length;
}

async function advance({ clock }: TestService, ms: number): Promise<void> {
  if (clock instanceof ManualClock) await clock.advance(ms);
}

/** Lets half a day pass in steps, with the queue's work done as it falls due. */
async function doWhatIsDue(service: TestService): Promise<void> {
  for (let minutes = 0; minutes < 12 * 60; minutes += 15) {
    await advance(service, 15 * 60_000);
    while ((await service.service.pollWorkQueue()) > 0);
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
