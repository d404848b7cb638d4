import type { Clock } from '../ports/clock.ts';
import type { BatchEventKind, SimulatedBatchJob } from './batch-job.ts';
import type { BusinessEvents } from './business-events.ts';
import type { EventSender } from './event-sender.ts';

/** Sends the events that a job is set to send, and keeps the latest failure of each job. */
export class EventPublisher {
  readonly #events: BusinessEvents;
  readonly #sender: EventSender;
  readonly #fnoClock: Pick<Clock, 'now'>;
  readonly #lastFailure = new Map<string, string>();

  constructor(events: BusinessEvents, sender: EventSender, fnoClock: Pick<Clock, 'now'>) {
    this.#events = events;
    this.#sender = sender;
    this.#fnoClock = fnoClock;
  }

  publish(kind: BatchEventKind, job: SimulatedBatchJob): void {
    if (!job.sends.includes(kind)) return;
    const event = this.#events.make(kind, job, this.#fnoClock.now());
    if (kind === 'failed') this.#lastFailure.set(job.jobId, event.text);
    this.#sender.send(event);
  }

  /** The text of the job's latest Batch Job Failed event. Throws if there is none. */
  failedEvent(jobId: string): string {
    const text = this.#lastFailure.get(jobId);
    if (text === undefined) throw new Error(`Batch job ${jobId} has sent no Batch Job Failed event`);
    return text;
  }

  /** As after a restore of the database: see `BusinessEvents.goBack`. */
  restoreDatabase(): void {
    this.#events.goBack();
  }
}
