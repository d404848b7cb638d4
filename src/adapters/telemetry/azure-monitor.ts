import {
  type AzureMonitorOpenTelemetryOptions,
  shutdownAzureMonitor,
  useAzureMonitor,
} from '@azure/monitor-opentelemetry';
import {
  type Context,
  createContextKey,
  diag,
  DiagLogLevel,
  metrics,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import type { ApplicationInsightsSetting } from '../../settings/application-insights-setting.ts';
import { causeOf } from './cause-of.ts';
import { telemetryMetrics } from './telemetry-names.ts';
import type { MetricName, SpanRecord, TelemetryRecord, TelemetrySink } from './telemetry-record.ts';
import type { SpanIds } from './trace-context.ts';

/** What sends records to Application Insights. `stop` sends what is left; it may reject, or take long. */
export type AzureMonitor = { send: TelemetrySink; stop: () => Promise<void> };

type SpanProcessor = NonNullable<AzureMonitorOpenTelemetryOptions['spanProcessors']>[number];

/** Where a span's ids stand in its context: they were given when the step began, before this was loaded. */
const givenIds = createContextKey('batch-retry ids');

const off = { enabled: false };
const quiet = () => undefined;

/**
 * Starts @azure/monitor-opentelemetry. It sends the records that it is given and nothing by itself: no
 * instrumentation, no live metrics, no counters of its own, no statistics to Microsoft. Nothing is sampled.
 * `onError` is told what goes wrong with sending.
 */
export async function startAzureMonitor(
  setting: ApplicationInsightsSetting,
  onError: (message: string) => void,
): Promise<AzureMonitor> {
  process.env['APPLICATION_INSIGHTS_NO_STATSBEAT'] ??= 'true';
  process.env['APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED'] ??= 'true';
  process.env['OTEL_SERVICE_NAME'] ??= process.env['WEBSITE_SITE_NAME'] ?? 'batch-retry';
  const { connectionString, identity } = setting;
  useAzureMonitor({
    azureMonitorExporterOptions: {
      connectionString,
      ...(identity ? { credential: await managedIdentity(identity.clientId) } : {}),
    },
    tracesPerSecond: 0,
    samplingRatio: 1,
    enableLiveMetrics: false,
    enableStandardMetrics: false,
    enablePerformanceCounters: false,
    instrumentationOptions: {
      http: off,
      azureSdk: off,
      mongoDb: off,
      mySql: off,
      postgreSql: off,
      redis: off,
      redis4: off,
      bunyan: off,
      winston: off,
      console: off,
    },
    spanProcessors: [withGivenIds],
  });
  const tell = (message: string, ...details: unknown[]) => onError(withCauses(message, details));
  const logger = { error: tell, warn: tell, info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return { send, stop: shutdownAzureMonitor };
}

/** The SDKs hand over what went wrong beside the message: errors, or objects that say nothing as text. */
function withCauses(message: string, details: readonly unknown[]): string {
  const causes = details.flatMap((detail) =>
    detail instanceof Error || typeof detail === 'string' ? [detail] : [],
  );
  return [message, ...causes.map(causeOf)].join(' ');
}

async function managedIdentity(clientId: string | null) {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return new ManagedIdentityCredential(clientId === null ? {} : { clientId });
}

const withGivenIds: SpanProcessor = {
  onStart: (span, context) => {
    const ids = context.getValue(givenIds);
    if (!isIds(ids)) return;
    const { traceFlags } = span.spanContext();
    span.spanContext = () => ({ ...ids, traceFlags });
  },
  onEnd: () => undefined,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

const scope = 'batch-retry';

function send(record: TelemetryRecord): void {
  switch (record.kind) {
    case 'metric':
      return instrument(record.name)(record.value, record.dimensions);
    case 'span':
      return sendSpan(record);
    case 'event':
      return logs.getLogger(scope).emit({
        timestamp: record.at,
        attributes: { ...record.dimensions, 'microsoft.custom_event.name': record.name },
        context: within(record.within),
      });
    case 'log':
      return logs.getLogger(scope).emit({
        timestamp: record.at,
        body: record.message,
        severityNumber: record.severity === 'error' ? SeverityNumber.ERROR : SeverityNumber.WARN,
        context: within(record.within),
      });
  }
}

function sendSpan({ name, role, ids, parent, links, http, dimensions, ...record }: SpanRecord): void {
  const kind = { server: SpanKind.SERVER, internal: SpanKind.INTERNAL, client: SpanKind.CLIENT }[role];
  const attributes = {
    ...dimensions,
    ...(http ? { 'http.request.method': http.method, 'http.response.status_code': Number(http.status) } : {}),
    ...(role === 'client' ? { 'peer.service': dimensions['environment'] ?? '' } : {}),
  };
  const span = trace.getTracer(scope).startSpan(
    name,
    {
      kind,
      attributes,
      startTime: record.startedAt,
      links: links.map((linked) => ({ context: { ...linked, traceFlags: TraceFlags.SAMPLED } })),
    },
    within(parent).setValue(givenIds, ids),
  );
  if (record.isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(record.endedAt);
}

function within(ids: SpanIds | null): Context {
  if (!ids) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { ...ids, traceFlags: TraceFlags.SAMPLED, isRemote: true });
}

type Measure = (value: number, dimensions: Readonly<Record<string, string>>) => void;

const instruments = new Map<MetricName, Measure>();

function instrument(name: MetricName): Measure {
  const known = instruments.get(name);
  if (known) return known;
  const { kind, unit, what: description } = telemetryMetrics[name];
  const measure = toMeasure(kind, name, { unit, description });
  instruments.set(name, measure);
  return measure;
}

function toMeasure(
  kind: 'counter' | 'histogram' | 'gauge',
  name: MetricName,
  options: { unit: string; description: string },
): Measure {
  const meter = metrics.getMeter(scope);
  if (kind === 'counter') {
    const counter = meter.createCounter(name, options);
    return (value, dimensions) => counter.add(value, dimensions);
  }
  const recorder = kind === 'gauge' ? meter.createGauge(name, options) : meter.createHistogram(name, options);
  return (value, dimensions) => recorder.record(value, dimensions);
}

function isIds(value: unknown): value is SpanIds {
  return typeof value === 'object' && value !== null && 'traceId' in value && 'spanId' in value;
}
