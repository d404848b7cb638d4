import { expect, test } from 'vitest';
import { nightlyPosting } from '../../helpers/a-service.ts';
import { aServiceWithCauses } from '../../helpers/a-service-with-causes.ts';
import { aCause } from '../../contract/causes-contract.ts';
import { aKey } from '../../helpers/stored-records.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;
const well = { ...nightlyPosting, jobId: '2', script: { kind: 'succeed' } } as const;
const other = { ...nightlyPosting, jobId: '3' };

type Listed = { jobId: string; end: string; cause: { text: string; source: string } | null };

test('each run that failed tells its own cause, once it is known, in both lists; others tell none', async () => {
  await using service = await aServiceWithCauses({ jobs: [nightlyPosting, well, other] });
  const runsOf = async (path: string): Promise<Listed[]> => {
    const { body } = await service.get(path);
    return JSON.parse(JSON.stringify(body['value']));
  };
  const look = async () => {
    await service.pass(6);
    await service.service.watch();
  };
  await service.service.watch();
  for (const text of ['First', null, 'Third']) {
    await service.fail();
    if (text !== null) service.write({ text, arrivesAfterMs: 7 * 60_000 });
    await look();
  }
  await service.fail(other.jobId);
  service.write({ jobId: other.jobId, text: 'Of another job' });
  await service.sandbox.run(well.jobId);
  await look();
  await service.pass(30);

  const first = await runsOf(`batch-jobs/${jobId}/runs`);
  expect(first.map(({ cause }) => cause?.text ?? null)).toEqual(['Third', null, 'First']);
  expect(first[0]?.cause).toEqual({
    text: 'Third',
    fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    source: 'infolog',
  });
  const all = await runsOf('runs?from=2026-03-02');
  const told = all.map((run) => `${run.jobId} ${run.end}: ${run.cause?.text ?? 'none'}`);
  expect(told.toSorted()).toEqual([
    `${well.jobId} finished: none`,
    `${other.jobId} failed: Of another job`,
    `${jobId} failed: First`,
    `${jobId} failed: Third`,
    `${jobId} failed: none`,
  ]);
});

test('the causes of a page of runs cost a few calls, whatever else is kept', async () => {
  let calls = 0;
  await using service = await aServiceWithCauses();
  const { causes, runs } = service.composed.ports;
  const since = causes.since.bind(causes);
  const { clock } = service;
  if (!(clock instanceof ManualClock)) throw new Error("The clock is not the test's.");
  const now = clock.now().getTime();
  for (let n = 0; n < 40; n += 1) {
    const endedAt = new Date(now - n * 60_000);
    const run = { ...aKey(jobId), description: 'N', legalEntity: 'USMF', startedAt: null, endedAt };
    await runs.put({ ...run, end: 'failed', learned: 'event', startedBy: null, isSettled: true });
    await causes.put(aCause(`E-${n}`, 0, { ...aKey(jobId), failedAt: endedAt, text: `Cause ${n}` }));
  }
  await Promise.all(
    Array.from({ length: 5000 }, (_, n) =>
      causes.put(aCause(`Older-${n}`, 0, { ...aKey('9'), failedAt: new Date(now - 3_600_000 - n * 1000) })),
    ),
  );
  causes.since = (...given) => {
    calls += 1;
    return since(...given);
  };
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body['value']).toMatchObject(
    Array.from({ length: 40 }, (_, n) => ({ cause: { text: `Cause ${n}` } })),
  );
  expect(calls).toBe(1);
});
