import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aClient } from './fno-client.ts';
import { filtered, listRows } from './list-rows.ts';

const minute = 60_000;
const hour = 60 * minute;
const executing = "Status eq Microsoft.Dynamics.DataEntities.BatchStatus'Executing'";

async function withJobs(count: number) {
  const clock = new ManualClock();
  const sandbox = await startSandbox({ clock, history: {}, pageSize: 10_000 });
  sandbox.addBackgroundJobs({ count, everyMs: hour, runMs: 6 * minute, failEvery: 4 });
  return { clock, sandbox, client: await aClient(sandbox) };
}

test('5,000 background jobs run by their schedules, and no timer waits for them', async () => {
  const { clock, sandbox, client } = await withJobs(5000);
  await using _ = sandbox;
  await clock.advance(10 * hour);
  expect(clock.asleep).toBe(0);
  const since = filtered(
    'BatchJobs',
    'EndDateTime gt 2026-03-02T10:55:00Z',
    '&$select=BatchJobRecId,EndDateTime',
  );
  expect((await listRows(client, since)).length).toBeCloseTo(5000 / 12, -1);
  expect((await listRows(client, filtered('BatchJobs', executing))).length).toBe(500);
  expect(
    await listRows(
      client,
      filtered(
        'BatchJobHistories',
        'EndDateTime ge 2026-03-02T10:00:00Z and EndDateTime lt 2026-03-02T11:00:00Z',
      ),
    ),
  ).toHaveLength(5000);
});

test('a background job is like any other to those who read it, and refuses the action', async () => {
  const { clock, sandbox, client } = await withJobs(1);
  await using _ = sandbox;
  await clock.advance(4 * hour + 2 * minute);
  const entity = await (await client.get('/data/BatchJobs(7000000000)')).json();
  expect(entity).toMatchObject({ Status: 'Executing', StartDateTime: '2026-03-02T05:00:00Z' });
  await clock.advance(10 * minute);
  expect(await listRows(client, '/data/BatchJobs')).toMatchObject([
    { Status: 'Waiting', EndDateTime: '2026-03-02T05:06:00Z', OrigStartDateTime: '2026-03-02T06:00:00Z' },
  ]);
  expect((await listRows(client, '/data/BatchJobHistories')).map(({ Status }) => Status)).toEqual([
    'Finished',
    'Finished',
    'Finished',
    'Error',
    'Finished',
  ]);
  expect(sandbox.job('7000000000').runs.map(({ outcome }) => outcome)).toEqual([
    'finished',
    'finished',
    'finished',
    'failed',
    'finished',
  ]);
  expect(await (await client.setToWaiting('7000000000')).text()).toContain('false');
});

test('a job may not have the id of a background job', async () => {
  const { sandbox } = await withJobs(2);
  await using _ = sandbox;
  expect(() =>
    sandbox.addJob({ jobId: '7000000001', description: 'Job', script: { kind: 'succeed' } }),
  ).toThrow('exists already');
  expect(() => sandbox.addBackgroundJobs({ count: 1, everyMs: hour, runMs: 1 })).toThrow('exists already');
});
