import { expect } from 'vitest';
import { systemClock } from '../../src/adapters/system.ts';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Azurite } from '../helpers/azurite.ts';
import { everyJob } from '../helpers/policies.ts';
import type { Around } from './around-ports.ts';
import { type Composed, composeService, type Settings } from './compose-service.ts';
import { median } from './median.ts';

const jobs = 50;
const rounds = Number(process.env['PROOF_ROUNDS'] ?? 2);

export const jobIds = Array.from({ length: jobs }, (_, index) => String(5_637_144_576 + index));

/** An entry of history as the stores keep it. */
export const entry = JSON.stringify({
  at: '2026-03-02T01:00:00.000Z',
  kind: 'failure',
  eventId: 'EARLIER',
  decision: 'requeued',
  retry: 1,
  policy: 'Every job',
  reason: 'Failure 1 of this episode; F&O set the job to waiting.',
  dueAt: null,
  by: null,
  fno: { status: 200, isSuccess: true, message: null },
});

/** F&O with 50 jobs that always fail. */
export async function startFno(): Promise<Sandbox> {
  const sandbox = await startSandbox();
  for (const jobId of jobIds) {
    sandbox.addJob({ jobId, description: `Job ${jobId}`, script: { kind: 'always-fail' } });
  }
  return sandbox;
}

export type Measured = {
  sandbox: Sandbox;
  service: Composed;
  storeMs: () => number;
};

/** A service whose store's time is summed up; what F&O takes does not count. */
export async function aStore(sandbox: Sandbox, store: string, azurite?: Azurite): Promise<Measured> {
  let spentMs = 0;
  const around: Around = async (name, io) => {
    if (!/^(ledger|queue)/.test(name)) return io();
    const startedAt = performance.now();
    try {
      return await io();
    } finally {
      spentMs += performance.now() - startedAt;
    }
  };
  const settings: Settings = {
    orgUrl: sandbox.orgUrl,
    identity: sandbox.identityEnvironment,
    store,
    policy: { defaults: { maxRetries: 100 }, ...everyJob },
    requeuesPerMinute: 100_000,
    ...(azurite ? { storageConnection: azurite.connectionString() } : {}),
  };
  return {
    sandbox,
    service: await composeService(settings, systemClock, around),
    storeMs: () => {
      const spent = spentMs;
      spentMs = 0;
      return spent;
    },
  };
}

export async function warmUp(stores: readonly Measured[]): Promise<void> {
  for (const store of stores) for (const jobId of jobIds) await handle(store, jobId);
}

/** The store's time for one failure, in ms. */
async function handle({ sandbox, service, storeMs }: Measured, jobId: string): Promise<number> {
  if (sandbox.job(jobId).status === 'Error') sandbox.setStatus(jobId, 'Waiting');
  await sandbox.run(jobId);
  storeMs();
  const { status } = await service.deliver(sandbox.failedEvent(jobId));
  expect(status).toBeLessThan(300);
  return storeMs();
}

async function list({ service, storeMs }: Measured): Promise<number> {
  storeMs();
  await service.get('list-batch-jobs');
  return storeMs();
}

/** Both in turn, so that whatever else the machine does befalls both. */
export async function compareCosts(empty: Measured, loaded: Measured): Promise<string> {
  const times = { event: [[], []] as [number[], number[]], list: [[], []] as [number[], number[]] };
  for (let round = 0; round < rounds; round++) {
    for (const jobId of jobIds.slice(0, 20)) {
      times.event[0].push(await handle(empty, jobId));
      times.event[1].push(await handle(loaded, jobId));
    }
    for (let again = 0; again < 5; again++) {
      times.list[0].push(await list(empty));
      times.list[1].push(await list(loaded));
    }
  }
  return Object.entries(times)
    .map(([what, [before, after]]) => {
      const [low, high] = [median(before), median(after)];
      return `${what} ${low.toFixed(2)} → ${high.toFixed(2)} ms (×${(high / low).toFixed(2)})`;
    })
    .join(', ');
}
