import { lazyDefaultCredential } from '../adapters/fno/default-credential.ts';
import { connectEnvironments } from '../adapters/fno/environments.ts';
import { systemClock } from '../adapters/clock/system-clock.ts';
import { systemRandomness } from '../adapters/randomness/system-randomness.ts';
import { SqliteLedger } from '../adapters/sqlite/sqlite-ledger.ts';
import { ConsoleTelemetry } from '../adapters/telemetry/console-telemetry.ts';
import { namesFno, readConfig } from '../config.ts';
import { runDueWorkLoop } from '../hosts/due-work-loop.ts';
import { listen } from '../hosts/node.ts';
import { createService } from '../service.ts';
import { startDemo } from './demo.ts';
import { exitOnFailure, untilStopped } from './process.ts';

await exitOnFailure(async () => {
  const demo = namesFno(process.env) ? null : await startDemo();
  // @azure/identity looks for its settings in the environment of the process.
  for (const [name, value] of Object.entries(demo?.settings ?? {})) process.env[name] ||= value;
  const config = readConfig(process.env, 'local');

  const telemetry = new ConsoleTelemetry(systemClock);
  const ledger = new SqliteLedger(config.storeFile);
  const batchJobs = connectEnvironments(config.environments, lazyDefaultCredential(), systemClock);
  const ports = { ledger, batchJobs, clock: systemClock, randomness: systemRandomness, telemetry };
  const service = createService(ports, config);
  await service.checkStore();

  const host = await listen(service, config);
  console.log(`Listening on ${host.url}`);
  if (demo)
    console.log(`No FNO_ORG_URL is set: playing with a simulated F&O on ${config.environments[0]?.orgUrl}`);

  const stopped = untilStopped();
  const key = config.functionKey === null ? '' : `?code=${encodeURIComponent(config.functionKey)}`;
  await Promise.all([
    runDueWorkLoop(service, systemClock, telemetry, stopped),
    demo?.play(`${host.url}/business-events${key}`, stopped),
  ]);
  await host.close();
  await demo?.stop();
  ledger.close();
});
