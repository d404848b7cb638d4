import { expect, test } from 'vitest';
import { aService, failureEvent } from '../../helpers/a-service.ts';

test('an event of a version that no schema is known for is handled, with one warning a version', async () => {
  await using service = await aService();
  for (const version of [0, 7, 7, 8]) {
    const event = (await failureEvent(service)).replace('"MajorVersion":0', `"MajorVersion":${version}`);
    expect((await service.deliver(event)).body).toMatchObject({ decision: 'requeued' });
  }
  const warnings = service.lines.filter((line) => line.includes('warning'));
  expect(warnings).toEqual([
    expect.stringMatching(/has version 7\.0, .*batch-job-failed\.schema\.json.*schema import/),
    expect.stringContaining('has version 8.0,'),
  ]);
});

test('an event under an unknown name is recognized by its JobStatus, with one warning that names the setting', async () => {
  await using service = await aService({ settings: { FAILED_EVENT_ID: 'SomethingElse' } });

  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'requeued' });
  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'requeued' });
  const warnings = service.lines.filter((line) => line.includes('warning'));
  expect(warnings).toEqual([expect.stringMatching(/"BatchJobFailedBusinessEvent".*FAILED_EVENT_ID/)]);
});

test('an event without a name is recognized by its JobStatus, with one warning', async () => {
  await using service = await aService();
  for (const name of ['null', '7']) {
    const event = (await failureEvent(service)).replace('"BatchJobFailedBusinessEvent"', name);
    expect((await service.deliver(event)).body).toMatchObject({ decision: 'requeued' });
  }
  const warnings = service.lines.filter((line) => line.includes('warning'));
  expect(warnings).toEqual([expect.stringContaining('without a readable BusinessEventId')]);
});

test("a clock that is not F&O's is logged once an environment, and decides nothing", async () => {
  await using service = await aService({ sandbox: { fnoClockAheadMs: 300_000 } });
  for (const retry of [1, 2]) {
    expect((await service.deliver(await failureEvent(service))).body).toMatchObject({
      decision: 'requeued',
      retry,
    });
  }
  const warnings = service.lines.filter((line) => line.includes('warning'));
  expect(warnings).toEqual([expect.stringContaining("F&O's clock says")]);
});
