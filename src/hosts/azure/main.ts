import { memoizeUntilFailure } from '../../adapters/shared/memoize-until-failure.ts';
import { systemClock } from '../../adapters/system.ts';
import { InvocationTelemetry } from '../../adapters/telemetry/invocation-telemetry.ts';
import type { Composed } from '../../compose.ts';
import { createService } from '../../service.ts';
import { parseBrokers } from '../../settings/brokers.ts';
import { parseStore } from '../../settings/store-setting.ts';
import { parseWatchEvery, watchEveryDefault } from '../../settings/watch-setting.ts';
import { trackInvocations } from './invocations-under-way.ts';
import { mountBrokers } from './mount-brokers.ts';
import { mountRoutes, mountWatch, mountWork, onTerminate } from './mount-functions.ts';
import { requireNode } from './require-node.ts';

/** After this, in ms, the host knows the functions. It then starts up while the service is composed. */
const composeAfterMs = 10;

requireNode(process.versions.node);

const telemetry = new InvocationTelemetry();
const { inInvocation, forcefulStop, finish } = trackInvocations(telemetry.inInvocation);
let composed: Composed | null = null;
const load = memoizeUntilFailure(async () => {
  const loaded = await (await import('./compose.ts')).composeOnAzure(telemetry, forcefulStop);
  if (loaded.kind === 'composed') composed = loaded;
  return loaded;
});
const service = createService(telemetry, load);
mountRoutes(service, inInvocation);
mountWork(service, parseStore(process.env['STORE']?.trim() ?? '')?.kind ?? 'azure', inInvocation);
const watchEvery = parseWatchEvery(process.env['WATCH_EVERY']?.trim() || watchEveryDefault);
mountWatch(service, watchEvery ?? null, inInvocation);
onTerminate(async () => {
  await finish();
  await composed?.stop();
});
const { brokers } = parseBrokers(process.env);
mountBrokers(service, brokers, {
  clock: systemClock,
  // The service announces a message after it has judged it, so it is composed by then.
  telemetry: { record: (event) => (composed?.ports.telemetry ?? telemetry).record(event) },
  inInvocation,
});

setTimeout(() => {
  load().catch((error: unknown) =>
    telemetry.record({ kind: 'error', message: 'The service could not be loaded.', error }),
  );
}, composeAfterMs);
