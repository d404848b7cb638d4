import type { Decision } from '../../domain/job/decision.ts';
import { answerOf } from '../../domain/job/event-answer.ts';
import type { Ports } from '../../ports/ports.ts';

/** Logs and measures decisions. */
export function recordDecisions(
  { telemetry, observer }: Pick<Ports, 'telemetry' | 'observer'>,
  environment: string,
  decisions: readonly Decision[],
): void {
  for (const made of decisions) {
    const { jobId, description } = made.failure;
    const { reason } = made;
    switch (made.about) {
      case 'failure':
        telemetry.decided(answerOf(environment, made), description, made.cause);
        break;
      case 'run':
        telemetry.runEnded({ end: made.outcome, environment, jobId, reason }, description);
        break;
      case 'operator':
        observer.controlled({ environment, jobId }, made.action, reason);
    }
  }
}
