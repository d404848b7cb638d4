import { checkStoreSettings } from '../../adapters/open-store.ts';
import type { InvocationTelemetry } from '../../adapters/telemetry/invocation-telemetry.ts';
import { logOutside } from '../../adapters/telemetry/log-outside.ts';
import { type Composed, compose } from '../../compose.ts';
import type { Misconfigured } from '../../service.ts';
import { readConfig } from '../../settings/config.ts';
import { SettingsError } from '../../settings/settings-error.ts';

/** Composes the service on Azure. Logs wrong settings, once. */
export async function composeOnAzure(
  telemetry: InvocationTelemetry,
  forcefulStop: AbortSignal,
): Promise<Composed | Misconfigured> {
  try {
    return await compose(
      readConfig(process.env, 'azure', (store) => checkStoreSettings(store, process.env)),
      {
        source: process.env,
        telemetry,
        telemetryHost: { outerTrace: telemetry.outerTrace, sendsLogs: true },
        forcefulStop,
      },
    );
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    logOutside('error', error.message);
    return { kind: 'misconfigured', reason: error.message };
  }
}
