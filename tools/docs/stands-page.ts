import { standsTable, type StandsRow, type Verdict } from '../../src/domain/job/stands.ts';
import { rows as followUpRows } from '../../test/hosts/follow-up-table.ts';
import { rows as unknownFateRows } from '../../test/hosts/unknown-fate-table.ts';
import { callsInWords } from './fno-calls.ts';
import { madeBy } from './made-by.ts';
import { markdownTable } from './markdown-table.ts';

const statuses: Record<string, string> = {
  Waiting: 'Waiting, Scheduled',
  running: 'Ready, Executing, Cancelling',
  'taken out': 'Canceled, Hold, NotRun',
  any: 'any other',
};

const latestRuns: Record<StandsRow['latestRun'], string> = {
  'before E': 'an earlier one, or the failed one still runs',
  E: 'the failed one',
  newer: 'a newer one',
  unknown: 'unknown',
  'E, or unknown': 'the failed one, or unknown',
  any: '–',
};

const plannedStarts: Record<StandsRow['plannedStart'], string> = {
  later: 'later than soon',
  soon: 'past or soon',
  unknown: 'unknown',
  any: '–',
};

const done: Record<Verdict, string> = {
  stands: '**The failure stands: requeue**',
  'not yet': 'Nothing is sent yet; it is read again every 30 s, for 5 minutes',
  runs: 'Nothing is sent; that run is followed',
  healed: 'Nothing is sent; the episode ends',
  'taken-out': 'Nothing is sent; the episode ends',
  superseded: 'Nothing is sent',
  'not known': 'Nothing is sent; a person is alerted',
};

/** The jobs of the tables: what F&O does with them that Microsoft does not document. */
const jobs: Record<string, string> = {
  'recurring, start stays': 'recurring; its planned start does not move when it starts',
  'recurring, times cleared': 'recurring; F&O clears its times while it waits',
  'recurring, no times shown': 'recurring; F&O shows no times',
  'recurring, no end in events': 'recurring; its events do not tell when it ended',
  'recurring, action no-change': 'recurring; a requeue changes nothing',
  'recurring, action refuses': 'recurring; F&O refuses a requeue',
  'recurring, cleared no-change': 'recurring; times cleared, and a requeue changes nothing',
};

/** docs/reference/what-still-stands.md: what the service concludes from what it reads of a job, as markdown. */
export function standsPage(): string {
  return `# What still stands

${madeBy('the tables that the code and the tests go by')}

Tests play each row on both hosts. What it means for recurring jobs:
[the policy](../operate/policy.md#recurring-jobs).

## Before a request

The service reads the job before each request. The first row that fits decides. "Failed run" is the run that the
event is about, known by its end; two ends within two seconds are of one run. "Soon" is at most two minutes ahead
of F&O's clock.

${markdownTable(
  ['Status', 'Latest run', 'Planned start', 'Recurs', 'It means', 'Done'],
  standsTable.map(({ status, latestRun, plannedStart, isRecurring, meaning, verdict }) => [
    statuses[status] ?? status,
    latestRuns[latestRun],
    plannedStarts[plannedStart],
    isRecurring === null ? '–' : isRecurring ? 'yes' : 'no',
    meaning,
    done[verdict],
  ]),
)}

A job in Error whose latest run is newer than the event stands for that newer run. A job for which F&O answers 404,
and again a minute later, is \`gone\`.

## A request whose fate is unknown

F&O's answer was lost, so the request may have arrived or not. The job is read 35 s later, and compared with what
F&O showed before the request. While nothing is proven, it is read every 45 s for three minutes, then another
request is sent. "Runs" are those that the service caused until then.

${markdownTable(
  ['Job', 'The request, and what happens then', 'F&O gets', 'History', 'Runs', 'Retries used'],
  unknownFateRows.map(([job = '', what = '', got = '', outcomes = '', runs = '', used = '']) => [
    jobs[job] ?? job,
    what,
    callsInWords(got),
    outcomes.replaceAll(' ', ', '),
    runs,
    used,
  ]),
)}

## After a requeue

F&O accepted a requeue, the first of the episode, and its run is followed.

${markdownTable(
  ['Job', 'What happens', 'Comes to', 'Within', 'Retries used', 'Announced', 'Followed on'],
  followUpRows.map(([job = '', what = '', outcome = '', within = '', used = '', announced = '', on = '']) => [
    jobs[job] ?? job,
    what,
    outcome,
    within === '0' ? 'at once' : `${within} min`,
    used,
    announced === '-' ? 'no' : 'yes',
    on,
  ]),
)}
`;
}
