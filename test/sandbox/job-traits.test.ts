import { expect, test } from 'vitest';
import { z } from 'zod';
import type { JobTraits } from '../../src/sandbox/job-traits.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aClient } from './fno-client.ts';

const none = '1900-01-01T00:00:00Z';
const failedAt = '2026-03-02T01:00:00Z';
const tomorrow = '2026-03-03T01:00:00Z';

const entityShape = z.object({
  Status: z.string(),
  OrigStartDateTime: z.string(),
  StartDateTime: z.string(),
  EndDateTime: z.string(),
});

/** A nightly job that failed at 01:00 and waits for tomorrow; five minutes have passed since. */
async function aFailedNight(traits: Partial<JobTraits>) {
  const clock = new ManualClock();
  const sandbox = await startSandbox({ clock, answer: 'plain' });
  const recurrence = { everyMs: 86_400_000 };
  sandbox.addJob({ jobId: '7', description: 'Nightly', script: { kind: 'always-fail' }, recurrence, traits });
  await sandbox.run('7');
  await clock.advance(5 * 60_000);
  const client = await aClient(sandbox);
  const read = async () => entityShape.parse(await (await client.get('/data/BatchJobs(7)')).json());
  const requeue = async (): Promise<unknown> => (await client.setToWaiting('7')).json();
  return { sandbox, clock, read, requeue };
}

test('the action starts a job that waits for a later schedule: OrigStartDateTime becomes now', async () => {
  const { sandbox, read, requeue } = await aFailedNight({});
  await using _ = sandbox;
  expect(await read()).toEqual({
    Status: 'Waiting',
    OrigStartDateTime: tomorrow,
    StartDateTime: failedAt,
    EndDateTime: failedAt,
  });
  expect(await requeue()).toMatchObject({ IsSuccess: true });
  expect(await read()).toMatchObject({ Status: 'Waiting', OrigStartDateTime: '2026-03-02T01:05:00Z' });
  expect(sandbox.isDue('7')).toBe(true);
  await sandbox.run('7');
  expect(sandbox.job('7').runs.map(({ cause }) => cause)).toEqual(['schedule', 'requeue']);
  expect(await read()).toMatchObject({ Status: 'Waiting', OrigStartDateTime: tomorrow });
});

test('the job may start at once though OrigStartDateTime keeps the later schedule', async () => {
  const { sandbox, read, requeue } = await aFailedNight({ schedule: 'stays' });
  await using _ = sandbox;
  expect(await requeue()).toMatchObject({ IsSuccess: true });
  expect(await read()).toMatchObject({ Status: 'Waiting', OrigStartDateTime: tomorrow });
  expect(sandbox.isDue('7')).toBe(true);
  expect(await requeue()).toMatchObject({ IsSuccess: true });
  expect(sandbox.requeues('7')).toBe(2);
  await sandbox.run('7');
  expect(sandbox.job('7').runs.map(({ cause }) => cause)).toEqual(['schedule', 'requeue']);
});

test('the action may be accepted, counted, and change nothing', async () => {
  const { sandbox, clock, read, requeue } = await aFailedNight({ action: 'no-change' });
  await using _ = sandbox;
  const before = await read();
  expect(await requeue()).toMatchObject({ IsSuccess: true, ResponseStatusCode: 200 });
  expect(await read()).toEqual(before);
  expect(sandbox.requeues('7')).toBe(1);
  expect(sandbox.isDue('7')).toBe(false);
  await clock.advance(86_400_000);
  await sandbox.run('7');
  expect(sandbox.job('7').runs.map(({ cause }) => cause)).toEqual(['schedule', 'schedule']);
});

test('the action may be refused, and changes nothing', async () => {
  const { sandbox, read, requeue } = await aFailedNight({ action: 'refuses' });
  await using _ = sandbox;
  const before = await read();
  expect(await requeue()).toMatchObject({ IsSuccess: false, ResponseStatusCode: 400 });
  expect(await read()).toEqual(before);
  expect(sandbox.requeues('7')).toBe(0);
});

test.each(['no-change', 'refuses'] as const)(
  'with "%s" the action still starts a job that is in Error, and does not mind one that is due',
  async (action) => {
    const { sandbox, clock, requeue } = await aFailedNight({ action, returnsAfterMs: 600_000 });
    await using _ = sandbox;
    expect(sandbox.job('7').status).toBe('Error');
    expect(await requeue()).toMatchObject({ IsSuccess: true });
    expect(await requeue()).toMatchObject({ IsSuccess: true });
    expect(sandbox.isDue('7')).toBe(true);
    expect(sandbox.job('7').scheduledAt).toEqual(clock.now());
    expect(sandbox.requeues('7')).toBe(2);
  },
);

test('a read right after the event may show Error, and then Waiting', async () => {
  const { sandbox, clock, read } = await aFailedNight({ returnsAfterMs: 301_000 });
  await using _ = sandbox;
  expect(sandbox.failedEvent('7')).toContain('"JobStatus":"Error"');
  expect(await read()).toMatchObject({ Status: 'Error', OrigStartDateTime: failedAt, EndDateTime: failedAt });
  await clock.advance(1000);
  expect(await read()).toMatchObject({
    Status: 'Waiting',
    OrigStartDateTime: tomorrow,
    EndDateTime: failedAt,
  });
});

test('the entity may have cleared the times of the run that the event has', async () => {
  const { sandbox, read } = await aFailedNight({ times: 'cleared' });
  await using _ = sandbox;
  expect(await read()).toEqual({
    Status: 'Waiting',
    OrigStartDateTime: tomorrow,
    StartDateTime: none,
    EndDateTime: none,
  });
  expect(sandbox.failedEvent('7')).toContain(`"JobEndUtcDateTime":"/Date(${Date.parse(failedAt)})/"`);
});

test.each([
  [1000, '2026-03-02T01:00:01Z'],
  [-1000, '2026-03-02T00:59:59Z'],
])("the entity's end may be %i ms after the event's", async (endLagMs, shown) => {
  const { sandbox, read } = await aFailedNight({ endLagMs });
  await using _ = sandbox;
  expect((await read()).EndDateTime).toBe(shown);
  expect(sandbox.failedEvent('7')).toContain(`"JobEndUtcDateTime":"/Date(${Date.parse(failedAt)})/"`);
});

test('the entity may show no times at all', async () => {
  const { sandbox, read } = await aFailedNight({ entityTellsTimes: false });
  await using _ = sandbox;
  expect(await read()).toEqual({
    Status: 'Waiting',
    OrigStartDateTime: none,
    StartDateTime: none,
    EndDateTime: none,
  });
  expect(sandbox.failedEvent('7')).toContain(`"JobEndUtcDateTime":"/Date(${Date.parse(failedAt)})/"`);
});

test('the event may not say when the run ended', async () => {
  const { sandbox, read } = await aFailedNight({ eventTellsEnd: false });
  await using _ = sandbox;
  expect(sandbox.failedEvent('7')).toContain(`"JobEndUtcDateTime":"/Date(${Date.parse(none)})/"`);
  expect((await read()).EndDateTime).toBe(failedAt);
});
