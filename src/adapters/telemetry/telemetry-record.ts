import type { telemetryEvents, telemetryMetrics } from './telemetry-names.ts';
import type { SpanIds } from './trace-context.ts';

type Events = typeof telemetryEvents;
type Metrics = typeof telemetryMetrics;
type DimensionsOf<
  Names extends Record<string, { dimensions: readonly string[] }>,
  Name extends keyof Names,
> = {
  [Dimension in Names[Name]['dimensions'][number]]: string | number | null;
};

export type EventName = keyof Events;
export type MetricName = keyof Metrics;
export type EventDimensions<Name extends EventName> = DimensionsOf<Events, Name>;
export type MetricDimensions<Name extends MetricName> = DimensionsOf<Metrics, Name>;

/** As they are sent: as text, without those that say nothing. */
export type Dimensions = Readonly<Record<string, string>>;

/** What happened, until it can be sent. */
export type TelemetryRecord =
  | { kind: 'event'; name: EventName; at: Date; dimensions: Dimensions; within: SpanIds | null }
  | { kind: 'metric'; name: MetricName; value: number; dimensions: Dimensions }
  | { kind: 'log'; severity: 'warning' | 'error'; message: string; at: Date; within: SpanIds | null }
  | SpanRecord;

export type SpanRecord = {
  kind: 'span';
  name: string;
  /** `server` for the first step in the service. */
  role: 'server' | 'internal' | 'client';
  ids: SpanIds;
  parent: SpanIds | null;
  links: readonly SpanIds[];
  startedAt: Date;
  endedAt: Date;
  isFailed: boolean;
  /** For an answer over HTTP. */
  http: { method: string; status: string } | null;
  dimensions: Dimensions;
};

/** Takes what happened. Never throws. */
export type TelemetrySink = (record: TelemetryRecord) => void;
