import { systemClock } from '../adapters/clock/system-clock.ts';
import { lazyDefaultCredential } from '../adapters/fno/default-credential.ts';
import { connectEnvironments } from '../adapters/fno/environments.ts';
import { openStore } from '../adapters/open-store.ts';
import { systemRandomness } from '../adapters/randomness/system-randomness.ts';
import { HttpSubscribers } from '../adapters/subscribers/http-subscribers.ts';
import { InvocationTelemetry } from '../adapters/telemetry/invocation-telemetry.ts';
import { readConfig } from '../config.ts';
import { mountRoutes, mountWork } from '../hosts/azure.ts';
import { createMisconfiguredService, createService } from '../service.ts';
import { SettingsError } from '../settings-error.ts';

const telemetry = new InvocationTelemetry();
try {
  const config = readConfig(process.env, 'azure');
  const credential = lazyDefaultCredential();
  const { close: _close, ...store } = openStore(config.store, process.env, credential, systemClock);
  const batchJobs = connectEnvironments(config.environments, credential, systemClock);
  const service = createService(
    {
      ...store,
      batchJobs,
      subscribers: new HttpSubscribers(config.callbackHosts, systemClock),
      clock: systemClock,
      randomness: systemRandomness,
      telemetry,
      hurry: new AbortController().signal,
    },
    config,
  );
  mountRoutes(service, telemetry.inInvocation);
  mountWork(service, config.store.kind, telemetry.inInvocation);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  mountRoutes(createMisconfiguredService(telemetry, error.message), telemetry.inInvocation);
}
