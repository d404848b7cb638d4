import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge, standsTable, type Verdict } from '../../src/domain/job/stands.ts';
import { type BothHosts, type Host, startBothHosts } from './both-hosts.ts';
import { startPlay } from './play-job.ts';
import { jobOf, nameOf, type Situation, situations } from './stands-situations.ts';

/** After the one requeue of before: what is decided, and whether F&O gets a request, a run is followed, the episode ends. */
const expected: Record<Verdict, { decision: string; got: string; isFollowed: boolean; retriesUsed: number }> =
  {
    stands: { decision: 'requeued', got: 'read action', isFollowed: true, retriesUsed: 2 },
    'not yet': { decision: 'deferred', got: 'read', isFollowed: true, retriesUsed: 1 },
    runs: { decision: 'superseded', got: 'read', isFollowed: true, retriesUsed: 1 },
    healed: { decision: 'superseded', got: 'read', isFollowed: false, retriesUsed: 0 },
    'taken-out': { decision: 'superseded', got: 'read', isFollowed: false, retriesUsed: 0 },
    superseded: { decision: 'superseded', got: 'read', isFollowed: false, retriesUsed: 1 },
    'not known': { decision: 'refused', got: 'read', isFollowed: true, retriesUsed: 1 },
  };

let hosts: BothHosts;
beforeAll(async () => {
  hosts = await startBothHosts();
});
afterAll(() => hosts.close());

const playedRows = standsTable.slice(0, -1);
const cases = playedRows.flatMap((row) =>
  (situations[nameOf(row)] ?? []).map((situation) => ({
    ...row,
    ...situation,
    name: nameOf(row),
    situation,
  })),
);

test('each row has situations, and each situation a row', () => {
  expect(Object.keys(situations)).toEqual(playedRows.map(nameOf));
});

test('a status that is none of BatchStatus is not requeued', () => {
  const at = new Date('2026-03-02T01:00:00Z');
  const times = { startedAt: at, endedAt: at, scheduledAt: null, readAt: at };
  const observed = { status: 'Unheard of', ...times, isRecurring: true, description: '', legalEntity: '' };
  expect(judge(at, observed, at, true)).toBe(standsTable.at(-1));
});

test.each(cases)('both hosts, on $name, where $title: $verdict', async ({ situation, verdict, meaning }) => {
  const setup = { jobs: [jobOf(situation)] };
  const { onNode, onAzure } = await hosts.onBoth(setup, (host) => play(host, situation));
  const { reason, ...decided } = onNode;
  expect(decided).toEqual(expected[verdict]);
  expect(reason).toContain(verdict === 'stands' ? 'F&O set the job to waiting' : meaning);
  expect(onAzure).toEqual(onNode);
});

async function play(host: Host, { happens, runMs }: Situation) {
  await using play = await startPlay(host);
  const first = await play.deliver(await play.fail());
  expect(first.body).toMatchObject({ decision: 'requeued', retry: 1 });
  const event = await play.fail(runMs);
  await happens?.(play);
  play.got();

  const { body } = await play.deliver(event);
  const got = play.got();
  const { dueAt, retriesUsed } = await play.job();
  return {
    decision: String(body['decision']),
    reason: String(body['reason']),
    got,
    isFollowed: dueAt !== null,
    retriesUsed: Number(retriesUsed),
  };
}
