import pMap from 'p-map';
import type { JobId } from '../../domain/job-id.ts';
import { parseJobId } from '../../domain/job-id.ts';
import { OtherVersion } from '../../ports/other-version.ts';
import type { Ports } from '../../ports/ports.ts';
import { askWithin } from '../engine/deadline.ts';
import { failed, type FnoHealth, neverTried, type PartHealth, worked } from './fno-health.ts';

/** A part of the service, with the environment where each has its own. */
export type Part = { part: PartName; environment: string | null } & PartHealth;

type PartName = 'store' | 'work-queue' | 'sign-in' | 'fno';

/** How long one process waits, in ms, before this route reads F&O again: shorter while F&O fails. */
const askAgainAfterMs = { working: 60_000, failing: 10_000 };

/** How long this route waits for F&O, in ms. The first time, the process also loads its sign-in. */
const askWithinMs = 5000;

/** A read of it needs the rights that the service needs. F&O may have it or not: both show that F&O answers. */
const anyJob: JobId | null = parseJobId('1');

/**
 * Reports the health of each part. It reads the store each time. It remembers the outcome of the latest request to F&O,
 * and reads F&O only if that request is some time ago.
 */
export function createReadiness(
  { ledger, queue, batchJobs, clock, telemetry, forcefulStop }: Ports,
  environments: readonly string[],
  health: FnoHealth,
) {
  const stores = new Map<PartName, PartHealth>();
  const asking = new Map<string, Promise<unknown>>();

  return async function checkParts(): Promise<Part[]> {
    const [store, workQueue] = await Promise.all([
      tryPart('store', () => ledger.list(null, 1, null)),
      tryPart('work-queue', () => queue.listDeadLetters(1)),
      pMap(environments, (environment) => askIfLongAgo(environment)),
    ]);
    return [
      store,
      workQueue,
      ...environments.flatMap((environment): Part[] => {
        const { signIn, fno } = health.of(environment);
        return [
          { part: 'sign-in', environment, ...signIn },
          { part: 'fno', environment, ...fno },
        ];
      }),
    ];
  };

  async function tryPart(part: PartName, act: () => Promise<unknown>): Promise<Part> {
    const before = stores.get(part) ?? neverTried;
    let after: PartHealth;
    try {
      await act();
      after = worked(clock.now(), before);
    } catch (error) {
      after = failed(clock.now(), reasonOf(error));
      if (before.status !== 'failing') {
        telemetry.record({ kind: 'error', message: `The ${part} cannot be used.`, error });
      }
    }
    stores.set(part, after);
    return { part, environment: null, ...after };
  }

  async function askIfLongAgo(environment: string): Promise<void> {
    const { signIn, fno } = health.of(environment);
    const last = Math.max(signIn.checkedAt?.getTime() ?? 0, fno.checkedAt?.getTime() ?? 0);
    const isFailing = signIn.status === 'failing' || fno.status === 'failing';
    const againAfterMs = askAgainAfterMs[isFailing ? 'failing' : 'working'];
    if (clock.now().getTime() - last < againAfterMs || anyJob === null) return;
    let asked = asking.get(environment);
    if (!asked) {
      asked = askWithin(clock, askWithinMs, forcefulStop, (signal) =>
        batchJobs(environment).read(anyJob, signal),
      );
      asking.set(environment, asked);
      void asked.finally(() => asking.delete(environment)).catch(() => undefined);
    }
    await asked;
  }
}

/** This text is public; the log has the details. */
function reasonOf(error: unknown): string {
  return error instanceof OtherVersion
    ? 'It holds what another version of the service wrote.'
    : 'It cannot be reached.';
}
