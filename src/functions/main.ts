import { systemClock } from '../adapters/clock/system-clock.ts';
import { InvocationTelemetry } from '../adapters/telemetry/invocation-telemetry.ts';
import { parseBrokers } from '../brokers.ts';
import { deferService } from '../defer-service.ts';
import { mountRoutes, mountWork, onTerminate } from '../hosts/azure.ts';
import { mountBrokers } from '../hosts/brokers.ts';
import { once } from '../once.ts';
import type { Announcement } from '../ports/telemetry.ts';
import { parseStore } from '../store-setting.ts';

/** By then the host knows the functions, and readies itself while the service is composed. */
const composeAfterMs = 10;

const telemetry = new InvocationTelemetry();
const load = once(async () => (await import('./compose.ts')).compose(telemetry));
const service = deferService(telemetry, load);
mountRoutes(service, telemetry.inInvocation);
mountWork(service, parseStore(process.env['STORE']?.trim() ?? '')?.kind ?? 'azure', telemetry.inInvocation);
onTerminate(async () => (await load()).stop());
const { brokers } = parseBrokers(process.env);
mountBrokers(service, brokers, {
  clock: systemClock,
  telemetry: { announced: (announcement) => void announce(announcement) },
  inInvocation: telemetry.inInvocation,
});

setTimeout(() => {
  load().catch((error: unknown) => telemetry.error('The service could not be loaded.', error));
}, composeAfterMs);

async function announce(announcement: Announcement): Promise<void> {
  const { telemetry: loaded } = await load().catch(() => ({ telemetry }));
  loaded.announced(announcement);
}
