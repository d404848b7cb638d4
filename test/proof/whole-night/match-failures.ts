import type { HappenedRun, NightJobRecord, ToldLine } from './night-record.ts';

/** The event and the entity tell ends that differ a little; the runs of a job lie minutes apart. */
const sameRunMs = 10_000;

/** A failed run as it happened, and what the service says of it. */
export type FailureInNight = {
  run: HappenedRun;
  /** What the service learned it by; null if it does not know. */
  by: string | null;
  lines: ToldLine[];
  toldRuns: number;
  /** Between the end of the run and the first line of the job's history about it. */
  afterMs: number | null;
};

export function failuresOf(job: NightJobRecord): FailureInNight[] {
  return job.happened
    .filter(({ outcome }) => outcome === 'failed')
    .map((run) => {
      const lines = job.history.filter((line) => line.kind === 'failure' && isOfRun(line, run, job.jobId));
      const told = job.runs.filter(({ end, endedAt }) => end === 'failed' && isEndOf(endedAt, run));
      const [first] = lines;
      return {
        run,
        by: first ? (first.learned ?? 'event') : (told[0]?.learned ?? null),
        lines,
        toldRuns: told.length,
        afterMs: first ? Date.parse(first.at) - Date.parse(run.endedAt ?? '') : null,
      };
    });
}

export function isOfRun({ eventId }: ToldLine, run: HappenedRun, jobId: string): boolean {
  if (run.eventId !== null && eventId === run.eventId) return true;
  const lost = `LOST-${jobId}-`;
  return eventId.startsWith(lost) && isEndOf(new Date(Number(eventId.slice(lost.length))).toISOString(), run);
}

export function isEndOf(endedAt: string, run: HappenedRun): boolean {
  return run.endedAt !== null && Math.abs(Date.parse(endedAt) - Date.parse(run.endedAt)) <= sameRunMs;
}
