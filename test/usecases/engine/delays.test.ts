import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';
import { history, minute, newest, pass, theJob } from '../playing.ts';

const { jobId } = nightlyPosting;

test('a policy with delays schedules, and requeues when it is due if the job is still in Error', async () => {
  await using service = await aService({
    policy: { defaults: { delays: ['PT0S', 'PT5M', 'PT30M'] }, ...everyJob },
  });
  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'requeued' });

  const second = await service.deliver(await failureEvent(service));
  const due = new Date(service.clock.now().getTime() + 5 * minute).toISOString();
  expect(second).toMatchObject({ status: 202, body: { decision: 'scheduled', dueAt: due } });
  await pass(service, 4 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  await pass(service, 2 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(2);

  for (const retry of [3, 4]) {
    expect((await service.deliver(await failureEvent(service))).body).toMatchObject({
      decision: 'scheduled',
    });
    await pass(service, 29 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(retry - 1);
    await pass(service, 2 * minute);
    expect(service.sandbox.requeues(jobId)).toBe(retry);
  }
});

test('a scheduled requeue is dropped if the job has ended well when it is due', async () => {
  await using service = await aService({ policy: { defaults: { delays: ['PT5M'] }, ...everyJob } });
  await service.deliver(await failureEvent(service));
  service.sandbox.setStatus(jobId, 'Finished');
  await pass(service, 6 * minute);

  expect(service.sandbox.requeues(jobId)).toBe(0);
  expect(await newest(service)).toMatchObject({ decision: 'superseded' });
});

test('a delay that is shorter than the half minute in which the queue looks again is kept', async () => {
  await using service = await aService({ policy: { defaults: { delays: ['PT5S'] }, ...everyJob } });
  await service.deliver(await failureEvent(service));
  if (service.clock instanceof ManualClock) await service.clock.advance(5000);
  await service.service.pollWorkQueue();

  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(await history(service)).toMatchObject([{ decision: 'requeued' }, { decision: 'scheduled' }]);
});

test('a retry that is due before the next poll of the run before is not late for that', async () => {
  await using service = await aService({
    policy: { defaults: { delays: ['PT0S', 'PT1M'] }, ...everyJob },
  });
  await service.deliver(await failureEvent(service));
  const run = service.sandbox.run(jobId, 40 * minute);
  await pass(service, 41 * minute);
  expect(await run).toBe('failed');
  const { body } = await service.deliver(service.sandbox.failedEvent(jobId));
  expect(body).toMatchObject({ decision: 'scheduled' });
  await pass(service, minute);
  expect(service.sandbox.requeues(jobId)).toBe(2);
});

test('a failure whose delay ends before the next poll of its job is handled in time', async () => {
  await using service = await aService({ policy: { defaults: { delays: ['PT5M'] }, ...everyJob } });
  service.sandbox.faults.add({ kind: 'refused' }, { on: 'action' });
  await service.deliver(await failureEvent(service));
  await pass(service, 7 * minute);
  expect(await theJob(service)).toMatchObject({ state: 'refused' });

  service.sandbox.setStatus(jobId, 'Waiting');
  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'scheduled' });
  await pass(service, 6 * minute);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});
