import pMap from 'p-map';
import type { Decision } from '../policy/decision.ts';
import type { Failure } from '../policy/failure.ts';
import { addMs } from '../policy/instants.ts';
import { LedgerUnavailable } from '../ports/ledger.ts';
import type { Deadline } from './deadline.ts';
import type { Ports } from './ports.ts';
import { tellDecision } from './tell-decisions.ts';

export type ForLater = { environment: string; failure: Failure };

/** A message of Azure Queues holds 64 KiB of base64, which is 48 KiB. */
const maxPackedBytes = 32 * 1024;

/** Packages that are put at once. */
const concurrency = 16;

/** How long after one another what was kept comes up, in ms: as fast as F&O may be sent requeues. */
export function paceMs({ requeuesPerMinute }: Ports): number {
  return Math.ceil(60_000 / requeuesPerMinute);
}

/**
 * Keeps failures in the work queue until there is time to decide them: many in one item, whatever their jobs have
 * been through. `turn` is that of the first: so many come up before it. What could not be kept, for want of time
 * or of a store, is not among the decisions.
 */
export async function keepForLater<Kept extends ForLater>(
  ports: Ports,
  all: readonly Kept[],
  turn: number,
  deadline: Deadline,
): Promise<Map<Kept, Decision>> {
  const pace = paceMs(ports);
  const firstDueAt = addMs(ports.clock.now(), (turn + 1) * pace);
  const decisions = new Map<Kept, Decision>();

  await pMap(
    pack(all),
    async ({ position, environment, kept }) => {
      const dueAt = addMs(firstDueAt, position * pace);
      const failures = kept.map(({ failure }) => failure);
      const [first] = failures;
      if (!first || !deadline.allowsKeeping()) return;
      try {
        await ports.queue.put({ environment, jobId: first.jobId, dueAt, failures });
      } catch (error) {
        if (!(error instanceof LedgerUnavailable)) throw error;
        ports.telemetry.error('The work queue cannot be reached; F&O is asked to deliver again.', error);
        return;
      }
      for (const [index, one] of kept.entries()) {
        decisions.set(one, tellKept(ports, one, addMs(dueAt, index * pace)));
      }
    },
    { concurrency },
  );
  return decisions;
}

function tellKept(ports: Ports, { environment, failure }: ForLater, dueAt: Date): Decision {
  const reason = `Too much came at once to be decided at once: it is kept, and taken up at ${dueAt.toISOString()}.`;
  return tellDecision(ports, environment, failure, { decision: 'deferred', retry: null, dueAt, reason });
}

type Package<Kept> = { position: number; environment: string; kept: Kept[]; bytes: number };

/** Neighbours of one environment, as many as one item holds. */
function pack<Kept extends ForLater>(all: readonly Kept[]): Package<Kept>[] {
  const packages: Package<Kept>[] = [];
  for (const [position, one] of all.entries()) {
    const { environment, failure } = one;
    const bytes = Buffer.byteLength(JSON.stringify(failure));
    const last = packages.at(-1);
    if (last?.environment === environment && last.bytes + bytes <= maxPackedBytes) {
      last.kept.push(one);
      last.bytes += bytes;
    } else {
      packages.push({ position, environment, kept: [one], bytes });
    }
  }
  return packages;
}
