import type { Decision } from '../../domain/job/decision.ts';
import { answerOf } from '../../domain/job/event-answer.ts';
import type { Ports } from '../../ports/ports.ts';

/** Records each decision. */
export function recordDecisions(
  { telemetry }: Pick<Ports, 'telemetry'>,
  environment: string,
  decisions: readonly Decision[],
): void {
  for (const made of decisions) {
    const { jobId, description } = made.failure;
    const { reason } = made;
    switch (made.about) {
      case 'failure':
        telemetry.record({
          kind: 'decided',
          ...answerOf(environment, made),
          description,
          cause: made.cause,
        });
        break;
      case 'run':
        telemetry.record({ kind: 'run-ended', end: made.outcome, environment, jobId, reason, description });
        break;
      case 'finding':
        telemetry.record({
          kind: 'run-unusual',
          finding: made.finding,
          environment,
          jobId,
          reason,
          description,
        });
        break;
      case 'cause': {
        const { fingerprint, source } = made.found;
        const { eventId } = made.failure;
        telemetry.record({
          kind: 'cause-found',
          environment,
          jobId,
          description,
          eventId,
          fingerprint,
          source,
        });
        break;
      }
      case 'operator':
        telemetry.record({ kind: 'by-hand', environment, jobId, action: made.action, reason });
    }
  }
}
