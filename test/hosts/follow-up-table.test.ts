import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BothHosts, type Host, startBothHosts } from './both-hosts.ts';
import { happenings, jobs, rows } from './follow-up-table.ts';
import { aPlayedJob, hour, minute, type Play, startPlay } from './play-job.ts';

let hosts: BothHosts;
beforeAll(async () => {
  hosts = await startBothHosts();
});
afterAll(() => hosts.close());

test.each(rows)(
  'both hosts, when of a requeued job %s there is %s: %s',
  async (job = '', what = '', ...cells) => {
    const setup = { jobs: [aPlayedJob(jobs[job])] };
    const { onNode, onAzure } = await hosts.onBoth(setup, (host) => play(host, what, Number(cells[1])));
    expect(onNode).toEqual(cells);
    expect(onAzure).toEqual(cells);
  },
);

/** The cells of a row as they come to be; `within` minutes as expected, if it came to pass by then. */
async function play(host: Host, what: string, within: number): Promise<string[]> {
  await using play = await startPlay(host);
  const happens = happenings[what];
  if (!happens) throw new Error(`Nothing is known to happen: ${what}`);
  if (what.endsWith('though finished events came')) {
    await play.succeed();
    await play.deliver(await play.eventOf('finished'));
  }
  const { body } = await play.deliver(await play.fail());
  expect(body).toMatchObject({ decision: 'requeued', retry: 1 });

  const before = (await play.history()).length;
  await happens(play);
  const came = async () => (await play.history()).slice(before).length > 0;
  const step = within > 60 ? 10 * minute : minute / 4;
  for (let passed = 0; passed < within * minute && !(await came()); passed += step)
    await play.pass(step, step);
  await play.pass(minute / 2);
  const newest = (await play.history()).slice(before).at(-1);
  const { dueAt, retriesUsed } = await play.job();
  return [
    newest?.decision ?? newest?.kind ?? '-',
    String(within),
    String(retriesUsed),
    announcedOutcomes(play),
    dueAt === null ? 'no' : 'yes',
  ];
}

function announcedOutcomes({ announced }: Play): string {
  const outcomes = announced().map((line) => /ATTENTION +\S+ ([\w-]+)/.exec(line)?.[1] ?? line);
  return outcomes.join(' ') || '-';
}

test('both hosts follow a job that was not started to its scheduled run, and announce it once an episode', async () => {
  const waits = { recurrence: { everyMs: 8 * hour }, traits: { action: 'no-change' } } as const;
  const setup = { jobs: [aPlayedJob(waits)] };
  const { onNode, onAzure } = await hosts.onBoth(setup, async (host) => {
    await using play = await startPlay(host);
    await play.deliver(await play.fail());
    await play.pass(2 * hour, minute);
    const start = play.sandbox.job(play.jobId).scheduledAt;
    const reasons = (await play.history()).map(({ reason }) => reason);
    const announced = play.announced().length;
    await play.pass(5 * hour, 5 * minute);
    const second = await play.deliver(await play.fail());
    await play.pass(hour, minute);
    return {
      saysWhen: reasons.at(-1)?.includes(start?.toISOString() ?? 'never'),
      announced,
      second: second.body['retry'],
      announcedLater: play.announced().length,
    };
  });
  expect(onNode).toEqual({ saysWhen: true, announced: 1, second: 2, announcedLater: 1 });
  expect(onAzure).toEqual(onNode);
});
