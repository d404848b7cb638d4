import type { DeferralCause } from '../../domain/job/deferral-cause.ts';
import type { EventAnswer } from '../../domain/job/event-answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Announcement, RunEnded, Telemetry } from '../../ports/telemetry.ts';
import { scrub } from '../shared/scrub.ts';
import type { CurrentSpan } from './current-span.ts';
import { toDimensions } from './dimensions.ts';
import type { EventDimensions, EventName, TelemetrySink } from './telemetry-record.ts';

/** Records what people are told as custom events, counters and log lines. */
export class RecordingTelemetry implements Telemetry {
  readonly #clock: Clock;
  readonly #current: CurrentSpan;
  readonly #sink: TelemetrySink;

  constructor(clock: Clock, current: CurrentSpan, sink: TelemetrySink) {
    this.#clock = clock;
    this.#current = current;
    this.#sink = sink;
  }

  decided(decision: EventAnswer, description: string, cause: DeferralCause | null): void {
    const { environment, dueAt, ...told } = decision;
    this.#event('batch_retry.decision', {
      ...told,
      environment,
      description,
      cause,
      dueAt: dueAt?.toISOString() ?? null,
    });
    this.#count('batch_retry.events', { environment, decision: decision.decision });
    if (decision.decision === 'requeued') this.#count('batch_retry.requeues', { environment });
    if (cause !== null) this.#count('batch_retry.deferred', { environment, cause });
  }

  runEnded(ended: RunEnded, description: string): void {
    this.#event('batch_retry.run_ended', { ...ended, description });
  }

  announced({ kind, environment, jobId, reason }: Announcement): void {
    if (kind === 'dead-letter' || kind === 'unidentified')
      this.#event('batch_retry.dead_letter', { environment, jobId, reason });
  }

  warning(message: string): void {
    this.#log('warning', message);
  }

  error(message: string, error: unknown): void {
    this.#log('error', `${message} ${error instanceof Error ? error.message : String(error)}`);
  }

  #event<Name extends EventName>(name: Name, dimensions: EventDimensions<Name>): void {
    const within = this.#current.get()?.ids ?? null;
    this.#sink({ kind: 'event', name, at: this.#clock.now(), dimensions: toDimensions(dimensions), within });
  }

  #count(
    name: 'batch_retry.events' | 'batch_retry.requeues' | 'batch_retry.deferred',
    dimensions: Record<string, string>,
  ): void {
    this.#sink({ kind: 'metric', name, value: 1, dimensions });
  }

  #log(severity: 'warning' | 'error', message: string): void {
    const within = this.#current.get()?.ids ?? null;
    this.#sink({ kind: 'log', severity, message: scrub(message), at: this.#clock.now(), within });
  }
}
