import type { Clock } from '../../ports/clock.ts';
import type { RecordedEvent, Step, Telemetry, TelemetryEvent } from '../../ports/telemetry.ts';
import { scrub } from '../../domain/scrub.ts';
import type { CurrentSpan, OpenSpan } from './current-span.ts';
import { sentFields, toDimensions } from './dimensions.ts';
import { metricsOfEvent, metricsOfStep } from './metrics-of.ts';
import { telemetryEvents, telemetrySpans } from './telemetry-names.ts';
import type { SpanRecord, TelemetrySink } from './telemetry-record.ts';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';

/** The outcomes of a step that did not fail. */
const successes = new Set([
  'taken',
  'refused',
  'found',
  'not-found',
  'listed',
  'written',
  'conflict',
  'done',
]);

/** Turns events and steps into records under the catalogue's names: custom events, metrics, log lines and spans. */
export class RecordingTelemetry implements Telemetry {
  readonly #clock: Clock;
  readonly #current: CurrentSpan;
  readonly #sink: TelemetrySink;

  constructor(clock: Clock, current: CurrentSpan, sink: TelemetrySink) {
    this.#clock = clock;
    this.#current = current;
    this.#sink = sink;
  }

  record(event: TelemetryEvent): void {
    for (const metric of metricsOfEvent(event)) this.#sink(metric);
    switch (event.kind) {
      case 'oldest-due':
        return;
      case 'warning':
        return this.#log('warning', event.message);
      case 'error': {
        const { message, error } = event;
        return this.#log('error', `${message} ${error instanceof Error ? error.message : String(error)}`);
      }
      default:
        if (isCustomEvent(event)) this.#event(event);
    }
  }

  async span<Result>(
    step: Step,
    act: () => Promise<Result>,
    outcomeOf: (result: Result) => string,
  ): Promise<Result> {
    const span = this.#current.open();
    const startedAt = this.#clock.now();
    let outcome = 'thrown';
    try {
      const result = await this.#current.run(span, act);
      outcome = outcomeOf(result);
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

  #event({ kind, ...fields }: RecordedEvent): void {
    const line = telemetryEvents[kind];
    const dimensions = toDimensions(sentFields(fields, line));
    this.#sink({ kind: 'event', name: line.name, dimensions, ...this.#here() });
  }

  #log(severity: 'warning' | 'error', message: string): void {
    this.#sink({ kind: 'log', severity, message: scrub(message), ...this.#here() });
  }

  #here() {
    return { at: this.#clock.now(), within: this.#current.get()?.ids ?? null };
  }

  #ended(step: Step, { ids, parent, links }: OpenSpan, startedAt: Date, outcome: string): void {
    const endedAt = this.#clock.now();
    const { role, ...told } = describeSpan(step, outcome);
    this.#sink({
      kind: 'span',
      ids,
      parent,
      links,
      startedAt,
      endedAt,
      role: role === 'server' && parent ? 'internal' : role,
      ...told,
    });
    const tookMs = endedAt.getTime() - startedAt.getTime();
    for (const metric of metricsOfStep(step, startedAt, tookMs, outcome)) this.#sink(metric);
  }
}

/** Of what people must look at, dead letters are searched for; of the breaker, its changes. */
function isCustomEvent(event: RecordedEvent): boolean {
  if (event.kind === 'announced') return event.about === 'dead-letter' || event.about === 'unidentified';
  return event.kind !== 'breaker' || event.isChanged;
}

type Described = Pick<SpanRecord, 'name' | 'role' | 'isFailed' | 'http' | 'dimensions'>;

function describeSpan(step: Step, outcome: string): Described {
  if (step.name === 'answer') {
    const http = { method: step.method, status: outcome };
    return { name: step.route, role: 'server', isFailed: Number(outcome) >= 500, http, dimensions: {} };
  }
  const { name, ...fields } = step;
  const line = telemetrySpans[name];
  const dimensions = toDimensions(sentFields({ ...fields, outcome }, line));
  return { name, role: line.kind, isFailed: !successes.has(outcome), http: null, dimensions };
}
