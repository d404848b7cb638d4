import { expect, test } from 'vitest';
import type { Cause } from '../../../src/domain/cause/cause.ts';
import { type CauseGroup, CauseGroups } from '../../../src/domain/cause/group-causes.ts';
import { fingerprintOf } from '../../../src/domain/cause/fingerprint.ts';
import { parseJobId } from '../../../src/domain/job-id.ts';

function aCause(job: number, text: string, minute: number): Cause {
  const jobId = parseJobId(String(job));
  if (jobId === null) throw new Error('no id');
  return {
    environment: 'default',
    jobId,
    eventId: `E-${job}-${minute}`,
    description: `Job ${job}`,
    failedAt: new Date(Date.UTC(2026, 2, 2, 1, minute)),
    text,
    fingerprint: fingerprintOf(text),
    source: 'infolog',
    className: null,
    foundAt: new Date(),
  };
}

function groupCauses(...pages: Cause[][]): CauseGroup[] {
  const groups = new CauseGroups();
  for (const page of pages) groups.add(page);
  return groups.list();
}

test('the same cause of fourteen jobs is one group, before the cause of one job that failed often', () => {
  const blocked = Array.from({ length: 14 }, (_, n) => aCause(n, `Account ${n} is blocked.`, n));
  const deadlocks = Array.from({ length: 20 }, (_, n) => aCause(99, 'Deadlock', n));
  const [first, second, ...others] = groupCauses([...deadlocks, ...blocked]);
  expect(first).toMatchObject({
    text: 'Account 13 is blocked.',
    failures: 14,
    jobCount: 14,
    firstFailedAt: new Date('2026-03-02T01:00:00Z'),
    lastFailedAt: new Date('2026-03-02T01:13:00Z'),
  });
  expect(first?.jobs.map(({ jobId }) => jobId)).toEqual(Array.from({ length: 14 }, (_, n) => String(13 - n)));
  expect(second).toMatchObject({ text: 'Deadlock', failures: 20, jobCount: 1 });
  expect(second?.jobs).toEqual([
    {
      environment: 'default',
      jobId: '99',
      description: 'Job 99',
      failedAt: new Date('2026-03-02T01:19:00Z'),
    },
  ]);
  expect(others).toEqual([]);
});

test('of very many jobs a group names fifty and counts all', () => {
  const [group] = groupCauses(Array.from({ length: 80 }, (_, n) => aCause(n, 'Deadlock', n % 60)));
  expect([group?.jobCount, group?.jobs.length]).toEqual([80, 50]);
  expect(groupCauses([])).toEqual([]);
});

test('groups do not depend on how many pages the causes come in, nor on the order of the pages', () => {
  const all = Array.from({ length: 90 }, (_, n) =>
    aCause(n % 30, n % 4 === 0 ? 'Deadlock' : `Account ${n}`, n % 59),
  );
  const [even, odd] = [0, 1].map((rest) => all.filter((_, n) => n % 2 === rest));
  const whole = groupCauses(all);
  expect(whole.map(({ failures, jobCount }) => [failures, jobCount])).toEqual([
    [67, 30],
    [23, 15],
  ]);
  expect(groupCauses(...all.map((one) => [one]))).toEqual(whole);
  expect(
    groupCauses(odd ?? [], even ?? []).map(({ failures, lastFailedAt }) => [failures, lastFailedAt]),
  ).toEqual(whole.map(({ failures, lastFailedAt }) => [failures, lastFailedAt]));
});
