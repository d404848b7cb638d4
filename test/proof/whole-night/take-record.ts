import * as z from 'zod';
import type { NightFno } from './night-fno.ts';
import type { NightJob } from './night-jobs.ts';
import type { HappenedRun, NightJobRecord, ToldLine, ToldNotification, ToldRun } from './night-record.ts';
import type { NightServices } from './night-services.ts';

const runs = z.array(
  z.object({ jobId: z.string(), endedAt: z.string(), end: z.string(), learned: z.string().nullable() }),
);
const lines = z.array(
  z.object({
    at: z.string(),
    kind: z.string(),
    eventId: z.string(),
    decision: z.string().nullable(),
    learned: z.string().nullable(),
    reason: z.string(),
  }),
);
const listed = z.array(z.object({ jobId: z.string() }));
const notification = z.object({ notificationId: z.string(), event: z.string(), jobId: z.string() });

/** What F&O itself knows of a job and its runs. */
export function happenedTo(
  { kind, job }: NightJob,
  { sandbox, failedEvents }: NightFno,
): Omit<NightJobRecord, 'runs' | 'history'> {
  const { jobId } = job;
  const { runs: happened, requeues, status } = sandbox.job(jobId);
  return {
    jobId,
    kind,
    recurs: job.recurrence !== undefined,
    accepted: requeues,
    status,
    happened: happened.map(({ cause, startedAt, endedAt, outcome }, number): HappenedRun => {
      const event = failedEvents.find((one) => one.jobId === jobId && one.run === number);
      return {
        cause,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
        outcome,
        eventId: event?.eventId ?? null,
        isLost: event?.isLost ?? false,
      };
    }),
  };
}

/** What the service says of all jobs, and what its subscriber got: a repetition counts once. */
export async function toldOf(services: NightServices, received: readonly { body: unknown }[]) {
  const allRuns = Map.groupBy(runs.parse(await services.list('runs?limit=200')), ({ jobId }) => jobId);
  const histories = new Map<string, ToldLine[]>();
  for (const { jobId } of listed.parse(await services.list('batch-jobs?limit=200'))) {
    histories.set(jobId, lines.parse(await services.list(`batch-jobs/${jobId}/history?limit=200`)));
  }
  const notifications = new Map<string, ToldNotification>();
  for (const { body } of received) {
    const one = notification.parse(body);
    notifications.set(one.notificationId, one);
  }
  return {
    notifications: [...notifications.values()],
    ofJob: (jobId: string): { runs: ToldRun[]; history: ToldLine[] } => ({
      runs: allRuns.get(jobId) ?? [],
      history: (histories.get(jobId) ?? []).toReversed(),
    }),
  };
}
