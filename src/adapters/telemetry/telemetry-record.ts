import type { telemetryEvents, telemetryMetrics } from './telemetry-names.ts';
import type { SpanIds } from './trace-context.ts';

type Metrics = typeof telemetryMetrics;
type EventName = (typeof telemetryEvents)[keyof typeof telemetryEvents]['name'];

export type MetricName = keyof Metrics;
export type MetricDimensions<Name extends MetricName> = {
  [Dimension in Metrics[Name]['dimensions'][number]]: string;
};

/** As they are sent: as text, without those that say nothing. */
export type Dimensions = Readonly<Record<string, string>>;

/** What happened, until it can be sent. */
export type TelemetryRecord =
  | { kind: 'event'; name: EventName; at: Date; dimensions: Dimensions; within: SpanIds | null }
  | MetricRecord
  | { kind: 'log'; severity: 'warning' | 'error'; message: string; at: Date; within: SpanIds | null }
  | SpanRecord;

export type MetricRecord = { kind: 'metric'; name: MetricName; value: number; dimensions: Dimensions };

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
