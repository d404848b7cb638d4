import type { Run } from './run.ts';
import { isEventOverdue } from './settle-run.ts';

const minute = 60_000;

/** How long after its end, in ms, the customer's telemetry may still say how a run ended: its rows come minutes late. */
export const telemetryLateMs = 60 * minute;

/**
 * How long after its end a run is asked about, in ms: a row that says that a failed task ran again must not be missing.
 */
export const telemetryCompleteMs = 15 * minute;

/** How much longer, in ms, a run waits for the next question with each answer that told nothing: just under a look. */
const pauseMs = 4 * minute;

/** When the telemetry was last asked about a run, by F&O's clock, and how many answers it gave. */
export type AskedRun = { at: Date; answers: number };

/**
 * The runs to ask the telemetry about: those that have waited longest come first, so that none holds up the others.
 * Once its time is over, a run is asked about a last time without a pause.
 */
export function runsToAsk(
  runs: readonly Run[],
  askedOf: (run: Run) => AskedRun | undefined,
  runNow: Date,
  max: number,
): Run[] {
  return runs
    .filter((run) => run.learned === null && isDue(run, askedOf(run), runNow))
    .toSorted((one, other) => waitsSince(one, askedOf(one)) - waitsSince(other, askedOf(other)))
    .slice(0, max);
}

function isDue(run: Run, asked: AskedRun | undefined, runNow: Date): boolean {
  if (!asked || isEventOverdue(run, runNow, telemetryLateMs)) {
    return isEventOverdue(run, runNow, telemetryCompleteMs);
  }
  return runNow.getTime() - asked.at.getTime() >= asked.answers * pauseMs;
}

/** At the same time, one that was not asked about comes first. */
function waitsSince({ endedAt }: Run, asked: AskedRun | undefined): number {
  return asked ? asked.at.getTime() + 1 : endedAt.getTime() + telemetryCompleteMs;
}
