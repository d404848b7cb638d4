import { systemClock } from '../adapters/clock/system-clock.ts';
import { lazyDefaultCredential } from '../adapters/fno/default-credential.ts';
import { connectEnvironments } from '../adapters/fno/environments.ts';
import { openStore } from '../adapters/open-store.ts';
import { systemRandomness } from '../adapters/randomness/system-randomness.ts';
import { HttpSubscribers } from '../adapters/subscribers/http-subscribers.ts';
import { readConfig } from '../config.ts';
import { addMs } from '../policy/instants.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { createMisconfiguredService, createService, type Service } from '../service.ts';
import { SettingsError } from '../settings-error.ts';

/** For how long work is hidden that came while the settings were wrong. */
const putBackMs = 5 * 60_000;

/** The service on Azure. Wrong settings are printed, and make one that tells of them. */
export function compose(telemetry: Telemetry): Service {
  const credential = lazyDefaultCredential();
  try {
    const config = readConfig(process.env, 'azure');
    const { close: _close, ...store } = openStore(config.store, process.env, credential, systemClock);
    const batchJobs = connectEnvironments(config.environments, credential, systemClock);
    return createService(
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
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    return createMisconfiguredService(telemetry, error.message, (work) => {
      const { queue } = openStore({ kind: 'azure' }, process.env, credential, systemClock);
      return queue.put({ ...work, dueAt: addMs(systemClock.now(), putBackMs) });
    });
  }
}
