import { byOrganization } from '../../adapters/by-organization.ts';
import { lazyDefaultCredential } from '../../adapters/fno/default-credential.ts';
import { connectEnvironments } from '../../adapters/fno/environments.ts';
import { openStore } from '../../adapters/open-store.ts';
import { HttpSubscribers } from '../../adapters/subscribers/http-subscribers.ts';
import { systemClock, systemRandomness } from '../../adapters/system.ts';
import { withApplicationInsights } from '../../adapters/telemetry/application-insights.ts';
import { ConsoleTelemetry } from '../../adapters/telemetry/console-telemetry.ts';
import { createService } from '../../service.ts';
import { namesFno, readConfig } from '../../settings/config.ts';
import { startDemo } from './demo.ts';
import { listen } from './listen.ts';
import { exitOnFailure, stopSignals } from './process.ts';
import { runWorker } from './run-worker.ts';

await exitOnFailure(async () => {
  const demo = namesFno(process.env) ? null : await startDemo();
  // @azure/identity looks for its settings in the environment of the process.
  for (const [name, value] of Object.entries(demo?.settings ?? {})) process.env[name] ||= value;
  const config = readConfig(process.env, 'local');

  const { stopping, forcefulStop } = stopSignals();
  const { telemetry, observer, stop } = withApplicationInsights(
    config.applicationInsights,
    new ConsoleTelemetry(systemClock),
    systemClock,
    systemRandomness,
    { outerTrace: () => null, sendsLogs: false },
  );
  const credential = lazyDefaultCredential();
  const opened = await openStore(config.store, process.env, credential, systemClock);
  const { close, ...store } = byOrganization(opened, config.environments);
  const batchJobs = connectEnvironments(config.environments, credential, systemClock);
  const subscribers = new HttpSubscribers(config.callbackHosts, systemClock);
  const service = createService(
    {
      ...store,
      batchJobs,
      subscribers,
      clock: systemClock,
      randomness: systemRandomness,
      telemetry,
      observer,
      forcefulStop,
    },
    config,
  );
  await service.checkStore();

  const host = await listen(service, config);
  console.log(`Listening on ${host.url}`);
  if (demo) {
    console.log(
      `Playing with a simulated F&O on ${config.environments[0]?.orgUrl}; set FNO_ORG_URL to use yours`,
    );
  }

  stopping.addEventListener('abort', () => void host.close());
  const key = config.functionKey === null ? '' : `?code=${encodeURIComponent(config.functionKey)}`;
  await Promise.all([
    runWorker(service, systemClock, telemetry, stopping),
    demo?.play(`${host.url}/business-events${key}`, stopping),
    host.closed,
  ]);
  await Promise.all([demo?.stop(), stop()]);
  close();
});
