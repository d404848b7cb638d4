import pMap from 'p-map';
import type { JobId } from '../../domain/job-id.ts';
import { parseJobId } from '../../domain/job-id.ts';
import type { Ports } from '../../ports/ports.ts';
import { askWithin } from '../engine/deadline.ts';
import type { CausesHealth } from './causes-health.ts';
import type { FnoHealth } from './fno-health.ts';
import { failed, type Part } from './part.ts';
import { createStoreHealth } from './store-health.ts';
import type { UnreadableRecord, UnreadableRecords } from './unreadable-records.ts';

/** How long one process waits, in ms, before this route reads F&O again: shorter while F&O fails. */
const askAgainAfterMs = { working: 60_000, failing: 10_000 };

/** How many records of another version an answer shows, at most. */
const maxRecords = 20;

/** How long this route waits for F&O, in ms. The first time, the process also loads its sign-in. */
const askWithinMs = 5000;

/** A read of it needs the rights that the service needs. F&O may have it or not: both show that F&O answers. */
const anyJob: JobId | null = parseJobId('1');

/**
 * Reports the health of each part. It reads the store each time, and writes to it now and then. It remembers the outcome
 * of the latest request to F&O, and reads F&O only if that request is some time ago.
 */
export function createReadiness(
  { ledger, queue, batchJobs, clock, telemetry, forcefulStop }: Ports,
  environments: readonly string[],
  health: FnoHealth,
  causesHealth: CausesHealth,
  unreadable: UnreadableRecords,
  watchPart: (environment: string) => Promise<Part | null>,
) {
  const checkStore = createStoreHealth({ ledger, queue, clock, telemetry });
  const asking = new Map<string, Promise<unknown>>();

  return async function checkParts(): Promise<Part[]> {
    const [store, watches] = await Promise.all([
      checkStore(),
      pMap(environments, async (environment) => (await watchPart(environment)) ?? []),
      pMap(environments, (environment) => askIfLongAgo(environment)),
    ]);
    return [
      ...store,
      ...environments.flatMap((environment): Part[] => {
        const { signIn, fno } = health.of(environment);
        const causes = causesHealth.of(environment);
        return [
          { part: 'sign-in', environment, ...signIn },
          { part: 'fno', environment, ...fno },
          ...(causes ? [{ part: 'causes', environment, ...causes } as const] : []),
        ];
      }),
      ...watches.flat(),
      ...unreadable.all().slice(0, maxRecords).map(recordPart),
    ];
  };

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

function recordPart({ environment, jobId, at }: UnreadableRecord): Part {
  const reason = 'Another version of the service wrote this record: it is left alone.';
  return { part: 'record', environment, jobId, ...failed(at, reason) };
}
