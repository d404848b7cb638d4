import { expect, test } from 'vitest';
import { Night, type NightSettings } from './night.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

type Lateness = [what: string, eventDelayMs: NonNullable<NightSettings['eventDelayMs']>];

const lateness: Lateness[] = [
  ['at once', () => 0],
  ['40 s late', () => 40_000],
  ['70 s late', () => 70_000],
  ['lost every second time', (_kind, nth) => (nth % 2 === 0 ? null : 0)],
];

test.each(lateness)(
  'an hourly job that always fails, its events %s, gets at most 5 requeues in 24 hours, and one exhaustion is announced',
  async (what, eventDelayMs) => {
    using night = new Night({
      job: { script: { kind: 'always-fail' }, recurrence: { everyMs: hour } },
      eventDelayMs,
      runMs: 5 * minute,
    });
    await night.pass(day);
    console.log(
      `Hourly, events ${what}: ${night.accepted} accepted, ${night.ourRuns} runs of ours, ${night.announced.join(' ')}`,
    );
    expect(night.violations).toEqual([]);
    expect(night.accepted).toBeLessThanOrEqual(5);
    expect(night.announced.filter((kind) => kind === 'exhausted')).toHaveLength(1);
    expect(night.runEnds).not.toContain('recovered');
  },
);

test.each([[[0]], [[0, 5 * minute]]])(
  'a job that runs every quarter of an hour and always fails, every second event lost, gets at most 5 requeues (delays %j ms)',
  async (delaysMs) => {
    using night = new Night({
      job: { script: { kind: 'always-fail' }, recurrence: { everyMs: 15 * minute } },
      policy: { delaysMs },
      eventDelayMs: (_kind, nth) => (nth % 2 === 0 ? null : 0),
      runMs: 2 * minute,
    });
    await night.pass(day);
    console.log(
      `Every quarter of an hour, delays ${delaysMs.join(' ')} ms: ${night.accepted} accepted, ${night.announced.join(' ')}`,
    );
    expect(night.violations).toEqual([]);
    expect(night.accepted).toBeLessThanOrEqual(5);
    expect(night.runEnds).not.toContain('recovered');
  },
);

test('an hourly job of which every event is lost is never touched', async () => {
  using night = new Night({
    job: { script: { kind: 'always-fail' }, recurrence: { everyMs: hour } },
    eventDelayMs: () => null,
  });
  await night.pass(day);
  expect(night.accepted).toBe(0);
});

test('a nightly job that always fails gets 5 requeues a night and one exhaustion a night, 7 nights long', async () => {
  using night = new Night({ job: { script: { kind: 'always-fail' }, recurrence: { everyMs: day } } });
  await night.pass(7 * day - hour);
  expect(night.violations).toEqual([]);
  expect(night.accepted).toBe(35);
  expect(night.announced.filter((kind) => kind === 'exhausted')).toHaveLength(7);
  expect(night.runEnds).not.toContain('recovered');
});

test.each([
  ['hourly', hour, 14 * day],
  ['every quarter of an hour', 15 * minute, 4 * day],
])(
  'a job that runs %s, fails every fourth run, and heals at the first retry is retried each time, with no finished events',
  async (what, everyMs, passMs) => {
    using night = new Night({
      job: { script: { kind: 'fail-every', nth: 4 }, recurrence: { everyMs } },
      runMs: 2 * minute,
    });
    await night.pass(passMs);
    const { runs } = night.job;
    const failures = runs.filter(({ outcome }) => outcome === 'failed').length;
    console.log(
      `Runs ${what}, a quarter fails: ${runs.length} runs, ${failures} failures, ${night.accepted} requeues`,
    );
    expect(night.violations).toEqual([]);
    expect(night.announced).toEqual([]);
    expect(night.accepted).toBe(failures);
  },
);
