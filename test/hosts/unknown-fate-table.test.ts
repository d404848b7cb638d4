import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BothHosts, type Host, startBothHosts } from './both-hosts.ts';
import { aPlayedJob, minute, type Play, startPlay } from './play-job.ts';
import { happenings, jobs, rows } from './unknown-fate-table.ts';

let hosts: BothHosts;
beforeAll(async () => {
  hosts = await startBothHosts();
});
afterAll(() => hosts.close());

test.each(rows)(
  'both hosts, when the answer for a job %s is lost, which %s',
  async (job = '', what = '', ...cells) => {
    const setup = { jobs: [aPlayedJob(jobs[job])] };
    const { onNode, onAzure } = await hosts.onBoth(setup, (host) => play(host, what));
    expect(onNode).toEqual(cells);
    expect(onAzure).toEqual(cells);
  },
);

async function play(host: Host, what: string): Promise<string[]> {
  await using play = await startPlay(host);
  const happening = happenings[what];
  if (!happening) throw new Error(`Nothing is known to happen: ${what}`);
  const event = await play.fail();
  play.sandbox.faults.add(happening.fault, { on: 'action' });
  const { status, body } = await play.deliver(event);
  expect({ status, body }).toMatchObject({ status: 202, body: { decision: 'deferred' } });
  expect(play.got()).toBe('read action');
  expect(await play.job()).toMatchObject({ retriesUsed: 0, state: 'requesting' });

  await happening.happens?.(play);
  await untilSettled(play);
  const { retriesUsed } = await play.job();
  const outcomes = (await play.history()).map(({ kind, decision }) => decision ?? kind);
  const { runs } = play.sandbox.job(play.jobId);
  return [
    play.got(),
    outcomes.filter((outcome) => outcome !== 'deferred').join(' '),
    String(runs.filter(({ cause }) => cause === 'requeue').length),
    String(retriesUsed),
  ];
}

/** Until the request's fate is known and no failure is open, but at most for five minutes. */
async function untilSettled(play: Play): Promise<void> {
  for (let passed = 0; passed < 5 * minute; passed += minute / 12) {
    const { state } = await play.job();
    if (state !== 'requesting') return;
    await play.pass(minute / 12, minute / 12);
  }
}
