import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aClient } from './fno-client.ts';

const aheadMs = 5 * 60_000;

async function aSandboxAhead() {
  const clock = new ManualClock(new Date('2026-03-02T01:00:00Z'));
  const sandbox = await startSandbox({ clock, fnoClockAheadMs: aheadMs });
  sandbox.addJob({
    jobId: '1',
    description: 'Hourly',
    script: { kind: 'always-fail' },
    recurrence: { everyMs: 3_600_000 },
  });
  return { sandbox, clock, client: await aClient(sandbox) };
}

test("the entity and the events show F&O's time, the tokens and the records that of the sandbox", async () => {
  const { sandbox, client } = await aSandboxAhead();
  await using _ = sandbox;
  await sandbox.run('1');
  const end = Date.parse('2026-03-02T01:05:00Z');
  expect(JSON.parse(sandbox.failedEvent('1'))).toMatchObject({
    EventTime: `/Date(${end})/`,
    EventTimeIso8601: expect.stringMatching(/^2026-03-02T01:05:00/),
    JobEndUtcDateTime: `/Date(${end})/`,
  });
  expect(await (await client.get('/data/BatchJobs(1)')).json()).toMatchObject({
    OrigStartDateTime: '2026-03-02T02:05:00Z',
    StartDateTime: '2026-03-02T01:05:00Z',
    EndDateTime: '2026-03-02T01:05:00Z',
  });
  expect(sandbox.requests.at(-1)?.at).toEqual(new Date('2026-03-02T01:00:00Z'));
});

test("a job is due by F&O's clock", async () => {
  const { sandbox, clock } = await aSandboxAhead();
  await using _ = sandbox;
  const firstAt = new Date('2026-03-02T01:06:00Z');
  sandbox.addJob({
    jobId: '2',
    description: 'Later',
    script: { kind: 'succeed' },
    recurrence: { everyMs: 3_600_000, firstAt },
  });
  expect(sandbox.isDue('2')).toBe(false);
  await clock.advance(60_000);
  expect(sandbox.isDue('2')).toBe(true);
});

test('every answer of /data is dated by that clock, whatever it says', async () => {
  const { sandbox, clock, client } = await aSandboxAhead();
  await using _ = sandbox;
  sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'list' });
  sandbox.faults.add({ kind: 'trickle' }, { on: 'list' });
  const asked = [
    () => client.get('/data/BatchJobs(1)'),
    () => client.get('/data/BatchJobs(17)'),
    () => client.setToWaiting('1'),
    () => client.get('/data/BatchJobs'),
    () => client.get('/data/BatchJobs'),
    () => client.get('/data/Nothing'),
    () => fetch(`${sandbox.orgUrl}/data/BatchJobs`),
  ];
  for (const ask of asked) expect(await dateOf(ask())).toBe('Mon, 02 Mar 2026 01:05:00 GMT');
  await clock.advance(1000);
  expect(await dateOf(client.get('/data/BatchJobs(1)'))).toBe('Mon, 02 Mar 2026 01:05:01 GMT');
});

async function dateOf(answer: Promise<Response>): Promise<string | null> {
  const response = await answer;
  await response.body?.cancel();
  return response.headers.get('date');
}
