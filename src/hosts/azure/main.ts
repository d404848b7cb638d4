import { memoizeUntilFailure } from '../../adapters/shared/memoize-until-failure.ts';
import { systemClock } from '../../adapters/system.ts';
import { InvocationTelemetry } from '../../adapters/telemetry/invocation-telemetry.ts';
import type { Composed } from '../../compose.ts';
import { createService } from '../../service.ts';
import { parseBrokers } from '../../settings/brokers.ts';
import { parseStore } from '../../settings/store-setting.ts';
import { trackInvocations } from './invocations-under-way.ts';
import { mountBrokers } from './mount-brokers.ts';
import { mountRoutes, mountWork, onTerminate } from './mount-functions.ts';
import { requireNode } from './require-node.ts';

/** By then the host knows the functions, and readies itself while the service is composed. */
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
onTerminate(async () => {
  await finish();
  await composed?.stop();
});
const { brokers } = parseBrokers(process.env);
mountBrokers(service, brokers, {
  clock: systemClock,
  // A message is announced when the service has judged it: it is there by then.
  telemetry: {
    announced: (announcement) => (composed?.ports.telemetry ?? telemetry).announced(announcement),
  },
  inInvocation,
});

setTimeout(() => {
  load().catch((error: unknown) => telemetry.error('The service could not be loaded.', error));
}, composeAfterMs);
