import type { Failure } from '../../domain/failure.ts';
import { failureDecision } from '../../domain/job/decision.ts';
import { newEpisode } from '../../domain/job/episode.ts';
import { answerOf, type EventAnswer } from '../../domain/job/event-answer.ts';
import type { RetryPolicy } from '../../domain/retry-policy/retry-policy.ts';
import type { BusinessEvent } from '../../events/read-business-event.ts';
import { reasonOfUnidentified, type UnidentifiedEvent } from '../../events/unidentified-event.ts';
import type { Deadline } from '../engine/deadline.ts';
import { recordDecisions } from '../engine/record-decisions.ts';
import { type Engine, runJob } from '../engine/run-job.ts';

export type ValidEvent = Exclude<BusinessEvent, { kind: 'invalid' }>;

type Progress = Extract<ValidEvent, { kind: 'progress' }>;

/**
 * Decides an event that is not a failure of a listed job. The service ignores it, and at most records what it
 * reports of a run. Null if no time is left.
 */
export async function decideOther(
  engine: Engine,
  environment: string,
  event: ValidEvent,
  deadline: Deadline,
): Promise<EventAnswer | null> {
  switch (event.kind) {
    case 'not-wanted':
      return ignoreUnreadable(engine, environment, event);
    case 'unidentified':
      return ignoreUnidentified(engine, environment, event);
    case 'failed':
      return ignoreUnlisted(engine, environment, event.failure);
    case 'progress':
      return noteRun(engine, environment, event, deadline);
  }
}

async function noteRun(
  engine: Engine,
  environment: string,
  { progress, event, occurredAt }: Progress,
  deadline: Deadline,
): Promise<EventAnswer | null> {
  const policy = engine.policyFor(environment, event);
  if (!policy) return ignoreUnlisted(engine, environment, event);
  if (!deadline.canCallFno()) return null;
  const key = { environment, jobId: event.jobId };
  const withItsEnd = progress === 'started' ? event : withEnd(event, occurredAt);
  const reported = { kind: 'run-reported', progress, event: withItsEnd, occurredAt } as const;
  const { unchanged, decisions } = await runJob(engine, key, reported, deadline);
  const hasEnded = decisions.some(({ about }) => about === 'run');
  const what = hasEnded ? 'its episode has ended.' : 'the service has recorded it.';
  const reason = unchanged?.reason ?? `F&O reported a run of the job (${progress}): ${what}`;
  return ignore(engine, environment, event, reason, policy);
}

function ignoreUnlisted(engine: Engine, environment: string, event: Failure): EventAnswer {
  return ignore(engine, environment, event, 'No policy entry lists this job.', null);
}

function ignore(
  { ports }: Engine,
  environment: string,
  event: Failure,
  reason: string,
  policy: RetryPolicy | null,
): EventAnswer {
  const made = failureDecision({ episode: newEpisode(1) }, event, 'ignored', reason, { policy });
  recordDecisions(ports, environment, [made]);
  return answerOf(environment, made);
}

/** Announces each id once: otherwise the service would silently ignore a system whose events nothing identifies. */
async function ignoreUnidentified(
  engine: Engine,
  environment: string,
  event: UnidentifiedEvent,
): Promise<EventAnswer> {
  const reason = reasonOfUnidentified(event);
  if (await engine.gate.mayAnnounceEventId(environment, event.businessEventId.toLowerCase())) {
    const { jobId } = event;
    const noNotification = { notificationId: null, episode: null };
    engine.ports.telemetry.record({
      kind: 'announced',
      about: 'unidentified',
      ...noNotification,
      environment,
      jobId,
      reason,
    });
  }
  return ignoreUnreadable(engine, environment, { ...event, reason });
}

function ignoreUnreadable(
  { ports }: Engine,
  environment: string,
  {
    eventId,
    jobId = null,
    reason,
  }: Pick<EventAnswer, 'eventId' | 'reason'> & Partial<Pick<EventAnswer, 'jobId'>>,
): EventAnswer {
  const nothing = { retry: null, maxRetries: null, policy: null, dueAt: null };
  const answer: EventAnswer = { decision: 'ignored', environment, jobId, eventId, reason, ...nothing };
  ports.telemetry.record({ kind: 'decided', ...answer, description: '', cause: null });
  return answer;
}

/** An event without the end of its run was sent soon after that end, so its own time stands in. */
export function withEnd(event: Failure, occurredAt: Date | null): Failure {
  return event.endedAt ? event : { ...event, endedAt: occurredAt };
}
