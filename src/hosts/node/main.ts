import { checkStoreSettings } from '../../adapters/open-store.ts';
import { systemClock } from '../../adapters/system.ts';
import { ConsoleTelemetry } from '../../adapters/telemetry/console-telemetry.ts';
import { compose } from '../../compose.ts';
import { createService } from '../../service.ts';
import { namesFno, readConfig } from '../../settings/config.ts';
import { bufferLines } from './buffer-lines.ts';
import { startDemo } from './demo.ts';
import { listen } from './listen.ts';
import { exitOnFailure, stopSignals } from './process.ts';
import { runWatch } from './run-watch.ts';
import { runWorker } from './run-worker.ts';

await exitOnFailure(async () => {
  const demo = namesFno(process.env) ? null : await startDemo();
  // @azure/identity looks for its settings in the environment of the process.
  for (const [name, value] of Object.entries(demo?.settings ?? {})) process.env[name] ||= value;
  const config = readConfig(process.env, 'local', (store) => checkStoreSettings(store, process.env));

  const { stopping, forcefulStop } = stopSignals();
  const composed = await compose(config, {
    source: process.env,
    telemetry: new ConsoleTelemetry(systemClock, bufferLines()),
    telemetryHost: { outerTrace: () => null, sendsLogs: false },
    forcefulStop,
  });
  const { telemetry } = composed.ports;
  const service = createService(telemetry, () => Promise.resolve(composed));
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
    runWatch(service, config.watch.everyMinutes, systemClock, telemetry, stopping),
    demo?.play(`${host.url}/business-events${key}`, stopping),
    host.closed,
  ]);
  await Promise.all([demo?.stop(), composed.stop()]);
  composed.close();
});
