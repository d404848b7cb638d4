import { expect, test } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aClient } from './fno-client.ts';
import { filtered, listRows } from './list-rows.ts';

const minute = 60_000;
const status = (name: string): string => `Microsoft.Dynamics.DataEntities.BatchStatus'${name}'`;

async function aSandbox(options: SandboxOptions = {}) {
  const clock = new ManualClock();
  const sandbox = await startSandbox({ clock, history: {}, ...options });
  const client = await aClient(sandbox);
  const runs = async (filter = 'EndDateTime gt 1900-01-01T00:00:00Z') =>
    (await listRows(client, filtered('BatchJobHistories', filter))).map(
      ({ BatchJobID, Status }) => `${String(BatchJobID)} ${String(Status)}`,
    );
  return { sandbox, clock, client, runs };
}

/** A job that fails once and then finishes, a minute each. */
async function runTwice({ sandbox, clock }: Awaited<ReturnType<typeof aSandbox>>, jobId = '1') {
  sandbox.addJob({ jobId, description: 'Nightly', script: { kind: 'fail-times', times: 1 } });
  for (let run = 0; run < 2; run += 1) {
    sandbox.startNow(jobId, 'person');
    const running = sandbox.run(jobId, minute);
    await clock.advance(minute);
    await running;
  }
}

test('the batch history keeps every run with its times and how it ended, though the job was deleted', async () => {
  const history = await aSandbox({ pageSize: 1 });
  const { sandbox, client } = history;
  await using _ = sandbox;
  await runTwice(history);
  sandbox.vanish('1');
  expect(await listRows(client, '/data/BatchJobHistories')).toEqual([
    {
      BatchJobHistoryRecId: 5_700_000_001,
      BatchJobID: 1,
      JobDescription: 'Nightly',
      Status: 'Error',
      OrigStartDateTime: '2026-03-02T01:00:00Z',
      StartDateTime: '2026-03-02T01:00:00Z',
      EndDateTime: '2026-03-02T01:01:00Z',
      Company: 'USMF',
    },
    expect.objectContaining({ Status: 'Finished', EndDateTime: '2026-03-02T01:02:00Z' }),
  ]);
});

test('the batch history is filtered by job, status, company and end, and shows chosen properties', async () => {
  const history = await aSandbox();
  const { sandbox, client, runs } = history;
  await using _ = sandbox;
  await runTwice(history);
  await runTwice(history, '2');
  expect(await runs('BatchJobID eq 2')).toEqual(['2 Error', '2 Finished']);
  expect(await runs(`Status eq ${status('Error')} and EndDateTime gt 2026-03-02T01:02:00Z`)).toEqual([
    '2 Error',
  ]);
  expect(await runs("Company eq 'dat'")).toEqual([]);
  expect(await listRows(client, '/data/BatchJobHistories?$select=BatchJobID,Status&$top=1')).toEqual([
    { BatchJobID: 1, Status: 'Error' },
  ]);
  expect((await client.get('/data/BatchJobHistories?$select=RuntimeJob')).status).toBe(400);
});

test('a run that a person cancels is in the batch history, one that goes on in the dark is not', async () => {
  const { sandbox, runs } = await aSandbox();
  await using _ = sandbox;
  for (const jobId of ['1', '2']) {
    sandbox.addJob({ jobId, description: 'Hangs', script: { kind: 'succeed' } });
    sandbox.hang(jobId);
  }
  sandbox.setStatus('1', 'Canceled');
  sandbox.setStatus('2', 'Hold');
  expect([sandbox.endHanging('1'), sandbox.endHanging('2')]).toEqual(['interrupted', 'interrupted']);
  expect(await runs()).toEqual(['1 Canceled']);
});

test('a row may be written late, and a job may keep only errors or nothing', async () => {
  const late = await aSandbox({ history: { writtenAfterMs: 5 * minute } });
  await using sandbox = late.sandbox;
  await runTwice(late);
  expect(await late.runs()).toEqual([]);
  await late.clock.advance(4 * minute);
  expect(await late.runs()).toEqual(['1 Error']);
  for (const [jobId, history] of [
    ['2', 'ErrorsOnly'],
    ['3', 'Never'],
  ] as const) {
    const script = { kind: 'fail-times', times: 1 } as const;
    sandbox.addJob({ jobId, description: 'Quiet', script, traits: { history } });
    await sandbox.run(jobId);
    sandbox.startNow(jobId, 'person');
    await sandbox.run(jobId);
  }
  await late.clock.advance(5 * minute);
  expect(await late.runs()).toEqual(['1 Error', '1 Finished', '2 Error']);
});

test('both documents name the batch history by its name here, or not at all', async () => {
  const { sandbox, client } = await aSandbox({
    history: { entitySet: 'BatchJobsHistory' },
    otherEntities: 2,
  });
  await using _ = sandbox;
  expect(await (await client.get('/data')).json()).toMatchObject({
    value: [
      { name: 'BatchJobs', kind: 'EntitySet', url: 'BatchJobs' },
      { name: 'BatchJobsHistory' },
      { name: 'OtherEntities0' },
      { name: 'OtherEntities1' },
    ],
  });
  const metadata = await (await client.get('/data/$metadata')).text();
  expect(metadata).toContain('EntitySet Name="BatchJobsHistory"');
  expect(metadata).toContain('<Property Name="BatchJobID" Type="Edm.Int64"/>');
  expect((await client.get('/data/BatchJobHistories')).status).toBe(404);

  const without = await aSandbox({ history: null });
  await using other = without.sandbox;
  expect(await (await without.client.get('/data/$metadata')).text()).not.toContain('BatchJobHistor');
  expect((await without.client.get('/data/BatchJobHistories')).status).toBe(404);
  expect(other.requests).toHaveLength(3);
});

test('with thousands of entities $metadata is many megabytes long, and the names alone are not', async () => {
  const { sandbox, client } = await aSandbox({ otherEntities: 4000 });
  await using _ = sandbox;
  expect((await (await client.get('/data/$metadata')).text()).length).toBeGreaterThan(8_000_000);
  expect((await (await client.get('/data')).text()).length).toBeLessThan(500_000);
});

test('faults reach the batch history and the documents, each by its route', async () => {
  const { sandbox, client } = await aSandbox();
  await using _ = sandbox;
  sandbox.faults.add({ kind: 'throttled', retryAfter: 7 }, { on: 'history' });
  sandbox.faults.add({ kind: 'forbidden' }, { on: 'metadata' });
  const throttled = await client.get('/data/BatchJobHistories');
  expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '7']);
  expect((await client.get('/data/$metadata')).status).toBe(403);
  expect(sandbox.requests.map(({ route }) => route)).toEqual(['token', 'history', 'metadata']);
});
