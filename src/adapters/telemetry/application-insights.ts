import type { Clock } from '../../ports/clock.ts';
import type { Randomness } from '../../ports/randomness.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { ApplicationInsightsSetting } from '../../settings/application-insights-setting.ts';
import { scrub } from '../../domain/scrub.ts';
import { BufferingSink } from './buffering-sink.ts';
import { CurrentSpan } from './current-span.ts';
import { RecordingTelemetry } from './recording-telemetry.ts';
import { tee } from './tee.ts';
import type { TelemetrySink } from './telemetry-record.ts';

export type Watched = {
  telemetry: Telemetry;
  /** Sends what is left. Resolves, never rejects, within 3 s. */
  stop: () => Promise<void>;
};

export type TelemetryHost = {
  /** The traceparent of what the host is doing; null for a host that does not trace. */
  outerTrace: () => string | null;
  /** Whether the host sends log lines to Application Insights itself. */
  sendsLogs: boolean;
};

/** How often it is told, at most, that telemetry cannot be sent, in ms. */
const reportEveryMs = 3_600_000;

/** Beside `telemetry`, sends all to Application Insights, if the settings name one. */
export function withApplicationInsights(
  setting: ApplicationInsightsSetting | null,
  telemetry: Telemetry,
  clock: Clock,
  randomness: Randomness,
  { outerTrace, sendsLogs }: TelemetryHost,
): Watched {
  if (!setting) return { telemetry, stop: () => Promise.resolve() };
  let reportedAt = Number.NEGATIVE_INFINITY;
  const onError = (message: string) => {
    const now = clock.now().getTime();
    if (now - reportedAt < reportEveryMs) return;
    reportedAt = now;
    telemetry.record({ kind: 'warning', message: scrub(message) });
  };
  const late = new BufferingSink(async () => {
    // Before it is loaded: it would have the SDKs print each warning, which the host sends, and one is paid for.
    process.env['AZURE_LOG_LEVEL'] ||= 'error';
    return (await import('./azure-monitor.ts')).startAzureMonitor(setting, onError);
  }, onError);
  const current = new CurrentSpan(randomness, outerTrace);
  const sink: TelemetrySink = (record) => {
    if (record.kind !== 'log' || !sendsLogs) late.take(record);
  };
  return {
    telemetry: tee(telemetry, new RecordingTelemetry(clock, current, sink)),
    stop: () => late.stop(),
  };
}
