import type { Notification } from '../../domain/job/notification.ts';
import type { OperatorAction } from '../../domain/job/outcomes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Observer, Step } from '../../ports/observer.ts';
import type { CurrentSpan, OpenSpan } from './current-span.ts';
import { toDimensions } from './dimensions.ts';
import type {
  EventDimensions,
  EventName,
  MetricDimensions,
  MetricName,
  SpanRecord,
  TelemetrySink,
} from './telemetry-record.ts';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';

/** What a step can come to without having failed. */
const wellEnough = new Set([
  'taken',
  'refused',
  'found',
  'not-found',
  'listed',
  'written',
  'conflict',
  'done',
]);

/** Records how long steps took as spans and histograms, and what the service measures of itself as gauges. */
export class RecordingObserver implements Observer {
  readonly #clock: Clock;
  readonly #current: CurrentSpan;
  readonly #sink: TelemetrySink;

  constructor(clock: Clock, current: CurrentSpan, sink: TelemetrySink) {
    this.#clock = clock;
    this.#current = current;
    this.#sink = sink;
  }

  async step<Result>(
    step: Step,
    act: () => Promise<Result>,
    cameTo: (result: Result) => string,
  ): Promise<Result> {
    const span = this.#current.open();
    const startedAt = this.#clock.now();
    let outcome = 'thrown';
    try {
      const result = await this.#current.run(span, act);
      outcome = cameTo(result);
      return result;
    } finally {
      this.#ended(step, span, startedAt, outcome);
    }
  }

  linkTo(trace: string): void {
    const [span, linked] = [this.#current.get(), parseTraceparent(trace)];
    if (span && linked && linked.traceId !== span.ids.traceId) span.links.push(linked);
  }

  trace(): string | null {
    const span = this.#current.get();
    return span && formatTraceparent(span.ids);
  }

  notified({ environment, jobId }: BatchJobKey, told: Notification): void {
    const { id, event, at, failure, decision, retriesUsed, episodeStartedAt, reason } = told;
    this.#event('batch_retry.notified', {
      environment,
      jobId,
      description: failure.description,
      notification: event,
      notificationId: id,
      state: decision,
      retriesUsed,
      firstFailedAt: episodeStartedAt?.toISOString() ?? null,
      reason,
    });
    if (event === 'exhausted') this.#measure('batch_retry.exhausted', 1, { environment });
    if (event !== 'recovered') return;
    const tookMs = at.getTime() - (episodeStartedAt ?? at).getTime();
    this.#measure('batch_retry.recovered', 1, { environment });
    this.#measure('batch_retry.recovery.time', tookMs / 1000, { environment });
    this.#measure('batch_retry.recovery.attempts', retriesUsed, { environment });
  }

  controlled({ environment, jobId }: BatchJobKey, action: OperatorAction, reason: string): void {
    this.#event('batch_retry.by_hand', { environment, jobId, action, reason });
  }

  breaker(environment: string, wasOpenUntil: Date | null, isOpenUntil: Date | null): void {
    this.#measure('batch_retry.breaker.state', isOpenUntil ? 1 : 0, { environment });
    if (wasOpenUntil?.getTime() === isOpenUntil?.getTime()) return;
    const breaker = isOpenUntil ? 'open' : 'closed';
    const openUntil = isOpenUntil?.toISOString() ?? null;
    this.#event('batch_retry.breaker', { environment, breaker, openUntil });
  }

  oldestDue(environment: string, forMs: number): void {
    this.#measure('batch_retry.queue.oldest', forMs / 1000, { environment });
  }

  #ended(step: Step, span: OpenSpan, startedAt: Date, outcome: string): void {
    const endedAt = this.#clock.now();
    const tookMs = endedAt.getTime() - startedAt.getTime();
    const { ids, parent, links } = span;
    const common = { kind: 'span', ids, parent, links, startedAt, endedAt, http: null } as const;
    const isFailed = !wellEnough.has(outcome);
    switch (step.name) {
      case 'answer': {
        const { route, method } = step;
        const http = { method, status: outcome };
        const role = parent ? 'internal' : 'server';
        this.#span({ ...common, name: route, role, http, isFailed: Number(outcome) >= 500, dimensions: {} });
        this.#measure('batch_retry.response.duration', tookMs, { route, status: outcome });
        return;
      }
      case 'receive-message': {
        const role = parent ? 'internal' : 'server';
        this.#span({ ...common, name: step.name, role, isFailed, dimensions: { outcome } });
        return;
      }
      case 'process-job': {
        const { name, environment, jobId, dueAt } = step;
        const role = parent ? 'internal' : 'server';
        this.#span({ ...common, name, role, isFailed, dimensions: { environment, jobId } });
        const lateMs = Math.max(startedAt.getTime() - dueAt.getTime(), 0);
        this.#measure('batch_retry.queue.age', lateMs / 1000, { environment });
        return;
      }
      case 'claim': {
        const { name, environment, jobId, eventId } = step;
        this.#span({
          ...common,
          name,
          role: 'internal',
          isFailed,
          dimensions: { environment, jobId, eventId },
        });
        return;
      }
      default: {
        const { name, environment, jobId } = step;
        const dimensions = toDimensions({ environment, jobId, outcome });
        this.#span({ ...common, name, role: 'client', isFailed, dimensions });
        this.#measure('batch_retry.fno.duration', tookMs, { environment, call: name, outcome });
      }
    }
  }

  #event<Name extends EventName>(name: Name, dimensions: EventDimensions<Name>): void {
    const within = this.#current.get()?.ids ?? null;
    this.#sink({ kind: 'event', name, at: this.#clock.now(), dimensions: toDimensions(dimensions), within });
  }

  #span(span: SpanRecord): void {
    this.#sink({ ...span, dimensions: toDimensions(span.dimensions) });
  }

  #measure<Name extends MetricName>(name: Name, value: number, dimensions: MetricDimensions<Name>): void {
    this.#sink({ kind: 'metric', name, value, dimensions: toDimensions(dimensions) });
  }
}
