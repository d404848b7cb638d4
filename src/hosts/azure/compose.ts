import { byOrganization } from '../../adapters/by-organization.ts';
import { lazyDefaultCredential } from '../../adapters/fno/default-credential.ts';
import { connectEnvironments } from '../../adapters/fno/environments.ts';
import { checkStoreSettings, openStore } from '../../adapters/open-store.ts';
import { HttpSubscribers } from '../../adapters/subscribers/http-subscribers.ts';
import { systemClock, systemRandomness } from '../../adapters/system.ts';
import { type Watched, withApplicationInsights } from '../../adapters/telemetry/application-insights.ts';
import type { InvocationTelemetry } from '../../adapters/telemetry/invocation-telemetry.ts';
import { logOutside } from '../../adapters/telemetry/log-outside.ts';
import { createMisconfiguredService, createService, type Service } from '../../service.ts';
import { readConfig } from '../../settings/config.ts';
import { SettingsError } from '../../settings/settings-error.ts';

/** `stop` sends the telemetry that is left; it resolves within 3 s. */
export type ComposedService = Service & Pick<Watched, 'telemetry' | 'stop'>;

/** The service on Azure. Wrong settings are printed, and make one that tells of them. */
export async function compose(
  invocations: InvocationTelemetry,
  forcefulStop: AbortSignal,
): Promise<ComposedService> {
  const credential = lazyDefaultCredential();
  try {
    const config = readConfig(process.env, 'azure', (store) => checkStoreSettings(store, process.env));
    const opened = await openStore(config.store, process.env, credential, systemClock);
    const { close: _close, ...store } = byOrganization(opened, config.environments);
    const { stop, ...watching } = withApplicationInsights(
      config.applicationInsights,
      invocations,
      systemClock,
      systemRandomness,
      { outerTrace: invocations.outerTrace, sendsLogs: true },
    );
    const batchJobs = connectEnvironments(config.environments, credential, systemClock);
    const service = createService(
      {
        ...store,
        ...watching,
        batchJobs,
        subscribers: new HttpSubscribers(config.callbackHosts, systemClock),
        clock: systemClock,
        randomness: systemRandomness,
        forcefulStop,
      },
      config,
    );
    return { ...service, telemetry: watching.telemetry, stop };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    logOutside('error', error.message);
    const service = createMisconfiguredService(invocations, error.message);
    return { ...service, telemetry: invocations, stop: () => Promise.resolve() };
  }
}
