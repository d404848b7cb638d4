import type { Failure } from '../../domain/failure.ts';
import { newJob } from '../../domain/job/batch-job.ts';
import { type Decision, failureDecision, type FailureDecision } from '../../domain/job/decision.ts';
import { type EventAnswer, answerOf } from '../../domain/job/event-answer.ts';
import type { Deadline } from '../engine/deadline.ts';
import { recordDecisions } from '../engine/record-decisions.ts';
import { type Engine, runJob } from '../engine/run-job.ts';

/** Decides a delivered failure of a listed job. `text` is what its event says of the cause. */
export async function decideFailure(
  engine: Engine,
  environment: string,
  failure: Failure,
  deadline: Deadline,
  text: string | null = null,
): Promise<EventAnswer> {
  const key = { environment, jobId: failure.jobId };
  const event = { kind: 'failure', failure, text } as const;
  const { job, decisions, unchanged } = await runJob(engine, key, event, deadline);
  const made = decisions.findLast(isAbout(failure));
  if (made) return answerOf(environment, made);
  const { reason, dueAt } = unchanged ?? { reason: 'This event was received before.', dueAt: null };
  const policy = engine.policyFor(environment, failure);
  const duplicate = failureDecision(job ?? newJob(environment, failure), failure, 'duplicate', reason, {
    dueAt,
    policy,
  });
  recordDecisions(engine.ports, environment, [duplicate]);
  return answerOf(environment, duplicate);
}

export function isAbout({ eventId }: Failure) {
  return (made: Decision): made is FailureDecision =>
    made.about === 'failure' && made.failure.eventId === eventId;
}
