import { expect, test } from 'vitest';
import { violationsOf } from './judge-night.ts';
import type { HappenedRun, NightJobRecord, NightPlan, NightRecord } from './night-record.ts';

const plan: NightPlan = { name: '', seed: 1, hours: 8, lostRate: 0.1, hasHistory: true, hasTelemetry: false };
const blind: NightPlan = { ...plan, lostRate: null, hasHistory: false };
const failedAt = '2026-03-02T02:00:00.000Z';
const healedAt = '2026-03-02T02:10:00.000Z';

const failedRun: HappenedRun = {
  cause: 'schedule',
  startedAt: '2026-03-02T01:55:00.000Z',
  endedAt: failedAt,
  outcome: 'failed',
  eventId: 'E-1',
  isLost: false,
};
const healed: HappenedRun = {
  ...failedRun,
  cause: 'requeue',
  startedAt: failedAt,
  endedAt: healedAt,
  outcome: 'finished',
  eventId: null,
};
const requeued = {
  at: failedAt,
  kind: 'failure',
  eventId: 'E-1',
  decision: 'requeued',
  learned: null,
  reason: '',
};
const good: NightJobRecord = {
  jobId: '7',
  kind: 'once, fails',
  recurs: false,
  accepted: 1,
  status: 'Finished',
  happened: [failedRun, healed],
  runs: [
    { jobId: '7', endedAt: failedAt, end: 'failed', learned: 'event' },
    { jobId: '7', endedAt: healedAt, end: 'finished', learned: 'status' },
  ],
  history: [requeued],
};

function nightOf(job: Partial<NightJobRecord>, of: Partial<NightRecord> = {}): NightRecord {
  return {
    jobs: [{ ...good, ...job }],
    notifications: [],
    note: null,
    beganAt: '2026-03-02T00:00:00.000Z',
    endedAt: '2026-03-02T08:00:00.000Z',
    down: { from: '2026-03-02T03:00:00.000Z', to: '2026-03-02T04:00:00.000Z' },
    death: null,
    requests: {},
    deliveries: {},
    repeated: 0,
    logged: {},
    ...of,
  };
}

test('a night in which all was found breaks no promise', () => {
  expect(violationsOf(plan, nightOf({}))).toEqual([]);
});

test('a failure that ended too late to be found is not missed', () => {
  const night = nightOf({ runs: [], history: [], accepted: 0 }, { endedAt: '2026-03-02T02:15:00.000Z' });
  expect(violationsOf(plan, night)).toEqual([]);
});

const late = { at: failedAt, kind: 'late', eventId: 'RUN-7-1', decision: null, learned: null, reason: '' };
const faults: [what: string, job: Partial<NightJobRecord>, said: RegExp][] = [
  ['nobody found the failure', { runs: [], history: [], accepted: 0 }, /was not found/],
  ['the job was left in Error', { status: 'Error' }, /was left Error/],
  [
    'a failure is told that was none',
    { happened: [{ ...failedRun, outcome: 'finished' }, healed], accepted: 0 },
    /is of no failed run/,
  ],
  [
    'a run is told to have ended well that failed',
    { runs: [{ jobId: '7', endedAt: failedAt, end: 'finished', learned: 'status' }] },
    /no run at .* finished/,
  ],
  [
    'a failure was counted twice',
    { history: [requeued, { ...requeued, eventId: `LOST-7-${Date.parse(failedAt)}` }], accepted: 2 },
    /counted 2 times/,
  ],
  ['a run is told twice', { runs: [good.runs[0]!, good.runs[0]!] }, /told 2 times/],
  [
    'a run was requeued that did not fail',
    { happened: [failedRun, healed, { ...healed, startedAt: healedAt }] },
    /requeued without a failure/,
  ],
  ['a requeue is not counted', { accepted: 2 }, /accepted 2 requeues, 1 are told/],
  ['a job that nobody listed is touched', { kind: 'not listed, fails' }, /is touched/],
  ['a job is told to be late that is not', { history: [requeued, late] }, /late stands 1 times/],
  ['what hangs is not told', { kind: 'hangs' }, /long-running was told 0 times/],
  ['an exhaustion is not told', { kind: 'always fails' }, /exhausted was told 0 times/],
];

test.each([['needs-attention'], ['exhausted'], ['late']])(
  'it is noticed if %s is told of a healed job',
  (event) => {
    const night = nightOf({}, { notifications: [{ notificationId: '1', event, jobId: '7' }] });
    expect(violationsOf(plan, night)).toEqual([`7 (once, fails): ${event} was told 1 times, not 0`]);
  },
);

test.each(faults)('it is noticed if %s', (_, job, said) => {
  expect(violationsOf(plan, nightOf(job)).join('\n')).toMatch(said);
});

const cannotSee = 'F&O shows no batch history and sends no events';
const hidden = { recurs: true, kind: 'recurring, fails' } as const;
const ended = { jobId: '7', endedAt: failedAt, end: 'ended', learned: null };
const onlySchedule = { happened: [failedRun], history: [], accepted: 0 };

test('where nothing tells how a run ended, ended is all that is said', () => {
  const night = nightOf({ ...hidden, ...onlySchedule, runs: [ended] }, { note: cannotSee });
  expect(violationsOf(blind, night)).toEqual([]);
});

test.each<[what: string, job: Partial<NightJobRecord>, note: string | null, said: RegExp]>([
  ['guessed', { runs: [{ ...ended, end: 'failed' }] }, cannotSee, /was guessed failed/],
  ['requeued', { runs: [ended], accepted: 1 }, cannotSee, /requeues by a guess/],
  ['silent about', { runs: [] }, cannotSee, /no run of it is named/],
  ['not in the note', { runs: [ended] }, null, /GET \/ready notes: nothing/],
])('it is noticed if what cannot be seen is %s', (_, job, note, said) => {
  const night = nightOf({ ...hidden, ...onlySchedule, ...job }, { note });
  expect(violationsOf(blind, night).join('\n')).toMatch(said);
});

const telemetry: NightPlan = { ...blind, hasTelemetry: true };
const scheduledAgain = (startedAt: string) => ({
  ...hidden,
  happened: [failedRun, { ...healed, cause: 'schedule' as const, startedAt }],
  runs: [],
  history: [],
  accepted: 0,
});

test('where F&O shows only the latest run, one that another soon followed need not be found', () => {
  expect(violationsOf(telemetry, nightOf(scheduledAgain('2026-03-02T02:05:00.000Z')))).toEqual([]);
});

test('one that F&O showed for a while must be found', () => {
  const night = nightOf(scheduledAgain('2026-03-02T02:15:00.000Z'));
  expect(violationsOf(telemetry, night).join()).toMatch(/was not found/);
});

test('what ended while F&O was down may be found as long as no other run followed', () => {
  const down = { from: '2026-03-02T01:59:00.000Z', to: '2026-03-02T02:58:00.000Z' };
  const passedOver = nightOf(scheduledAgain('2026-03-02T02:59:00.000Z'), { down });
  const shown = nightOf(scheduledAgain('2026-03-02T03:15:00.000Z'), { down });
  expect(violationsOf(telemetry, passedOver)).toEqual([]);
  expect(violationsOf(telemetry, shown).join()).toMatch(/was not found/);
});
