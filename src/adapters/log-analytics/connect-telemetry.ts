import type { TokenCredential } from '@azure/identity';
import type { LogsQueryClientOptions } from '@azure/monitor-query-logs';
import type { Clock } from '../../ports/clock.ts';
import type { FailureTexts } from '../../ports/failure-texts.ts';
import type { TelemetrySetting } from '../../settings/telemetry-setting.ts';
import { cloudOptions } from './azure-cloud.ts';
import { connectLogAnalytics, LogAnalyticsTexts } from './log-analytics-texts.ts';

/** Connects the telemetry of each environment whose settings name one. One client serves all, in one cloud of Azure. */
export function connectTelemetry(
  environments: readonly { name: string; telemetry: TelemetrySetting | null }[],
  credential: () => Promise<TokenCredential>,
  clock: Clock,
  authorityHost: string | undefined,
  options: LogsQueryClientOptions = {},
): (name: string) => FailureTexts | null {
  const client = connectLogAnalytics(credential, { ...cloudOptions(authorityHost), ...options });
  const connected = new Map<string, FailureTexts>();
  for (const { name, telemetry } of environments) {
    if (telemetry) connected.set(name, new LogAnalyticsTexts(telemetry, client, clock));
  }
  return (name) => connected.get(name) ?? null;
}
