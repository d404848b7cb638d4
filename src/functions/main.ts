import { systemClock } from '../adapters/clock/system-clock.ts';
import { lazyDefaultCredential } from '../adapters/fno/default-credential.ts';
import { connectEnvironments } from '../adapters/fno/environments.ts';
import { systemRandomness } from '../adapters/randomness/system-randomness.ts';
import { SqliteLedger } from '../adapters/sqlite/sqlite-ledger.ts';
import { InvocationTelemetry } from '../adapters/telemetry/invocation-telemetry.ts';
import { readConfig, SettingsError } from '../config.ts';
import { mountOnAzure } from '../hosts/azure.ts';
import { createMisconfiguredService, createService, type Service } from '../service.ts';

const telemetry = new InvocationTelemetry();
mountOnAzure(createFromSettings(), telemetry.inInvocation);

function createFromSettings(): Service {
  try {
    const config = readConfig(process.env, 'azure');
    const ports = {
      ledger: new SqliteLedger(config.storeFile),
      batchJobs: connectEnvironments(config.environments, lazyDefaultCredential(), systemClock),
      clock: systemClock,
      randomness: systemRandomness,
      telemetry,
    };
    return createService(ports, config);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    return createMisconfiguredService(telemetry, error.message);
  }
}
