import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import { losesAtRate } from '../../src/sandbox/lost-events.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aClient } from './fno-client.ts';
import { filtered, listRows } from './list-rows.ts';
import { aWebhook } from './webhook.ts';

const minute = 60_000;
const hour = 60 * minute;
const autoRun = { pickupMs: 1000, runMs: minute };
const executing = "Status eq Microsoft.Dynamics.DataEntities.BatchStatus'Executing'";
const waiting = "Status eq Microsoft.Dynamics.DataEntities.BatchStatus'Waiting'";

async function aSandbox() {
  const clock = new ManualClock();
  const sandbox = await startSandbox({ clock, autoRun });
  const client = await aClient(sandbox);
  const found = async (filter: string) =>
    (await listRows(client, filtered('BatchJobs', filter))).map(({ BatchJobRecId }) => BatchJobRecId);
  return { sandbox, clock, found };
}

test('each run of a job may take its own time', async () => {
  const { sandbox, clock } = await aSandbox();
  await using _ = sandbox;
  sandbox.addJob({
    jobId: '1',
    description: 'Nightly',
    recurrence: { everyMs: hour },
    script: { kind: 'succeed' },
    pace: (run) => (run === 1 ? { runMs: 30 * minute } : {}),
  });
  await clock.advance(3 * hour);
  const lengths = sandbox
    .job('1')
    .runs.map(({ startedAt, endedAt }) => Number(endedAt) - startedAt.getTime());
  expect(lengths).toEqual([minute, 30 * minute, minute]);
});

test('a job that hangs stays Executing since its start, until it ends or a person cancels it', async () => {
  const { sandbox, clock, found } = await aSandbox();
  await using _ = sandbox;
  const hangs: Omit<NewBatchJob, 'jobId'> = {
    description: 'Hangs',
    script: { kind: 'always-fail' },
    pace: () => ({ runMs: 'hangs' }),
  };
  sandbox.addJob({ ...hangs, jobId: '1' });
  sandbox.addJob({ ...hangs, jobId: '2', recurrence: { everyMs: hour } });
  await clock.advance(5 * hour);
  await sandbox.idle();
  expect(await found(`${executing} and StartDateTime lt 2026-03-02T02:00:00Z`)).toEqual([1, 2]);
  expect(sandbox.endHanging('1')).toBe('failed');
  sandbox.setStatus('2', 'Canceled');
  expect([sandbox.job('1').status, sandbox.job('2').status]).toEqual(['Error', 'Canceled']);
});

test('a job that starts late, or never, stays Waiting with a start that is past', async () => {
  const { sandbox, clock, found } = await aSandbox();
  await using _ = sandbox;
  const job = { description: 'Late', script: { kind: 'succeed' } } as const;
  sandbox.addJob({ ...job, jobId: '1', pace: () => ({ startsLateMs: 20 * minute }) });
  sandbox.addJob({ ...job, jobId: '2', pace: () => ({ startsLateMs: Infinity }) });
  await clock.advance(10 * minute);
  const late = `${waiting} and OrigStartDateTime lt 2026-03-02T01:05:00Z`;
  expect(await found(late)).toEqual([1, 2]);
  await clock.advance(15 * minute);
  expect(await found(late)).toEqual([2]);
  expect(sandbox.job('1').runs).toMatchObject([{ startedAt: new Date('2026-03-02T01:20:01Z') }]);
  await clock.advance(100 * hour);
  expect(sandbox.job('2').runs).toEqual([]);
  await sandbox.run('2');
  expect(sandbox.job('2').runs).toHaveLength(1);
});

test('an end that shows late is found by a filter only when it shows', async () => {
  const { sandbox, clock, found } = await aSandbox();
  await using _ = sandbox;
  const traits = { endShowsAfterMs: 40_000 };
  sandbox.addJob({ jobId: '1', description: 'Late end', script: { kind: 'succeed' }, traits });
  await clock.advance(2 * minute - 30_000);
  const ended = 'EndDateTime gt 2026-03-02T01:01:00Z';
  expect([await found(ended), await found(executing)]).toEqual([[], [1]]);
  await clock.advance(minute);
  expect([await found(ended), await found(executing)]).toEqual([[1], []]);
});

test('a share of the events is lost, the same ones for the same seed', async () => {
  const lost = await lostIn(7);
  expect(lost.length).toBeGreaterThan(30);
  expect(lost.length).toBeLessThan(70);
  expect(await lostIn(7)).toEqual(lost);
  expect(await lostIn(8)).not.toEqual(lost);
});

/** The jobs whose events were lost, of 200. */
async function lostIn(seed: number): Promise<string[]> {
  const clock = new ManualClock();
  await using webhook = await aWebhook(200);
  await using sandbox = await startSandbox({ clock, events: { lose: losesAtRate(0.25, seed) } });
  await sandbox.activateEndpoint(webhook.url);
  const ids = Array.from({ length: 200 }, (_, n) => String(100 + n));
  for (const jobId of ids) {
    sandbox.addJob({ jobId, description: 'Job', script: { kind: 'always-fail' } });
    await sandbox.run(jobId);
  }
  await sandbox.idle();
  expect(sandbox.deliveries).toHaveLength(1 + 200 - sandbox.lostEvents.length);
  return sandbox.lostEvents.map(({ jobId }) => jobId);
}
