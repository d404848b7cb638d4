import { join } from 'node:path';
import { lazyDefaultCredential } from '../src/adapters/fno/default-credential.ts';
import { compose } from '../src/compose.ts';
import { listen } from '../src/hosts/node/listen.ts';
import { silentTelemetry, type Telemetry } from '../src/ports/telemetry.ts';
import type { Sandbox } from '../src/sandbox/sandbox-types.ts';
import { createService } from '../src/service.ts';
import { readConfig } from '../src/settings/config.ts';

/** Prints errors only. */
const telemetry: Telemetry = {
  ...silentTelemetry,
  record: (event) => {
    if (event.kind === 'error') console.error(event.message, event.error);
  },
};

/** @azure/identity is loaded, and reads its environment, once a process. */
const credential = lazyDefaultCredential();

/** The service on node:http with a new SQLite file, telling nobody what it decides. */
export async function startBenchService(
  sandbox: Sandbox,
  listedJobs: readonly string[],
  folder: string,
  name: string,
) {
  Object.assign(process.env, sandbox.identityEnvironment);
  const policy = { jobs: [{ name: 'Listed', match: { jobId: listedJobs }, maxRetries: 1000 }] };
  const config = readConfig(
    {
      FNO_ORG_URL: sandbox.orgUrl,
      RETRY_POLICY: JSON.stringify(policy),
      STORE: `sqlite:${join(folder, `${name}.sqlite`)}`,
      REQUEUES_PER_MINUTE: '100000',
    },
    'local',
  );
  const composed = await compose(config, {
    source: {},
    telemetry,
    telemetryHost: { outerTrace: () => null, sendsLogs: false },
    forcefulStop: new AbortController().signal,
    credential,
  });
  const service = createService(telemetry, () => Promise.resolve(composed));
  const host = await listen(service, { host: '127.0.0.1', port: 0, functionKey: null });
  return {
    url: `${host.url}/business-events`,
    async [Symbol.asyncDispose]() {
      await host.close();
      composed.close();
    },
  };
}
