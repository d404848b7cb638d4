import { byOrganization } from '../../src/adapters/by-organization.ts';
import { connectEnvironments } from '../../src/adapters/fno/environments.ts';
import { ConsoleTelemetry } from '../../src/adapters/telemetry/console-telemetry.ts';
import { compose } from '../../src/compose.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Subscribers } from '../../src/ports/subscribers.ts';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { createService, type Service } from '../../src/service.ts';
import { readConfig } from '../../src/settings/config.ts';
import { callbackOrigin, policy } from '../fixtures/stores/play-store.ts';
import { credentialOf } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import type { KeptStore } from './restore-store.ts';

export type UpgradedService = {
  service: Service;
  sandbox: Sandbox;
  clock: ManualClock;
  /** What the service printed. */
  lines: string[];
  /** What subscribers got. */
  notified: { callbackUrl: string; body: unknown }[];
  /** Processes what is due, until nothing is. */
  work: () => Promise<void>;
  stop: () => Promise<void>;
};

/** When all that was deferred is due. */
const laterMs = 2 * 3_600_000;

/** This version of the service on a store that another one left, two hours later. F&O's jobs are as they were. */
export async function upgradedService(
  kept: KeptStore,
  openStore: (clock: ManualClock) => Promise<Store>,
): Promise<UpgradedService> {
  const { clock, sandbox } = await fnoAsItWas(kept);
  const opened = await openStore(clock);
  const config = readConfig(
    {
      FNO_ORG_URL: kept.orgUrl,
      RETRY_POLICY: JSON.stringify(policy),
      CALLBACK_HOSTS: callbackOrigin,
      STORE: 'sqlite::memory:',
    },
    'local',
  );
  // The simulated F&O has another port now; the store knows the environment by the one that it had.
  const atNow = config.environments.map((environment) => ({ ...environment, orgUrl: sandbox.orgUrl }));
  const lines: string[] = [];
  const notified: UpgradedService['notified'] = [];
  const subscribers: Subscribers = {
    whyNotAllowed: () => Promise.resolve(null),
    notify: (callbackUrl, body) => {
      notified.push({ callbackUrl, body });
      return Promise.resolve({ kind: 'delivered' });
    },
  };
  const { ledger, queue, subscriptions } = byOrganization(opened, config.environments);
  const telemetry = new ConsoleTelemetry(clock, (line) => lines.push(line));
  const credential = () => Promise.resolve(credentialOf(sandbox));
  const fno = connectEnvironments(atNow, credential, clock);
  const batchJobs = (name: string) => fno(name).batchJobs;
  const composed = await compose(config, {
    source: {},
    telemetry,
    telemetryHost: { outerTrace: () => null, sendsLogs: false },
    forcefulStop: new AbortController().signal,
    clock,
    randomness: { random: () => 0.5, uuid: () => crypto.randomUUID() },
    credential,
    wrap: (ports) => ({ ...ports, ledger, queue, subscriptions, subscribers, batchJobs }),
  });
  const service = createService(telemetry, () => Promise.resolve(composed));
  return {
    service,
    sandbox,
    clock,
    lines,
    notified,
    work: async () => {
      for (let rounds = 0; rounds < 50 && (await service.pollWorkQueue()) > 0; rounds++);
    },
    stop: async () => {
      opened.close();
      await sandbox.stop();
    },
  };
}

/** Lets each job fail when it failed then. */
async function fnoAsItWas({ fno, takenAt }: KeptStore): Promise<{ clock: ManualClock; sandbox: Sandbox }> {
  const runs = Object.entries(fno)
    .flatMap(([jobId, { status, endedAt }]) => (endedAt === null ? [] : [{ jobId, status, endedAt }]))
    .toSorted((a, b) => a.endedAt.localeCompare(b.endedAt));
  const clock = new ManualClock(new Date(runs[0]?.endedAt ?? takenAt));
  const sandbox = await startSandbox({ clock });
  for (const { jobId, status, endedAt } of runs) {
    sandbox.addJob({ jobId, description: `Job ${jobId}`, script: { kind: 'fail-times', times: 1 } });
    await clock.advance(Math.max(0, Date.parse(endedAt) - clock.now().getTime()));
    await sandbox.run(jobId);
    if (status === 'Waiting') sandbox.startNow(jobId, 'requeue');
  }
  await clock.advance(Date.parse(takenAt) - clock.now().getTime() + laterMs);
  return { clock, sandbox };
}
