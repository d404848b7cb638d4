import { addMs } from '../../domain/instants.ts';
import { isFound } from '../../domain/job/note-unusual.ts';
import type { Run } from '../../domain/watch/run.ts';
import { inWords } from '../../domain/in-words.ts';
import { type Unusual, usualDuration } from '../../domain/watch/unusual.ts';
import { Deadline } from '../engine/deadline.ts';
import { type Engine, runJob } from '../engine/run-job.ts';

/** How many of a job's runs tell how long it usually takes. */
const usualOf = 50;

type Of = Pick<Run, 'environment' | 'jobId' | 'description' | 'legalEntity'>;

/** Announces what is unusual of a job's run, if that was not done before. */
export async function announceUnusual(
  engine: Engine,
  of: Of,
  { finding, at, what }: Unusual,
  budgetMs: number,
): Promise<void> {
  const { ledger, clock, forcefulStop } = engine.ports;
  const { environment, jobId, description, legalEntity } = of;
  const key = { environment, jobId };
  const eventId = `RUN-${jobId}-${at.getTime()}`;
  const page = await ledger.read(key, eventId);
  if (page.job && isFound(page.job, finding, at)) return;
  if (finding === 'late' && wasRequeuedLately(engine, of, page.job?.seen.requeueAt ?? null)) return;
  const usual = usualDuration(await engine.ports.runs.ofJob(key, null, usualOf));
  const usually = usual
    ? ` It usually takes ${inWords(usual.ms)} (median of ${usual.count} ${usual.count === 1 ? 'run' : 'runs'}).`
    : '';
  const failure = { eventId, jobId, description, legalEntity, endedAt: null, controlNumber: null };
  const reason = `${what}.${finding === 'late' ? '' : usually}`;
  const event = { kind: 'run-unusual', finding, at, failure, reason } as const;
  await runJob(engine, key, event, new Deadline(clock, budgetMs, forcefulStop), { page });
}

/** A job that F&O has set to waiting for us keeps its old planned start: it waits since then, by our clock. */
function wasRequeuedLately({ ports, policyFor }: Engine, of: Of, requeueAt: Date | null): boolean {
  const withinMs = policyFor(of.environment, of)?.expect.startWithinMs ?? null;
  return requeueAt !== null && withinMs !== null && addMs(requeueAt, withinMs) > ports.clock.now();
}
