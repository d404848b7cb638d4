import type { Cause } from '../../domain/cause/cause.ts';
import { addMs } from '../../domain/instants.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { StoredRun } from '../../ports/runs.ts';
import { causesOfRuns } from '../causes/causes-of-runs.ts';

const dayMs = 86_400_000;

/** The longest time that one list spans, in ms: runs are not kept longer. */
const longestMs = 92 * dayMs;

/** A run, for people. `cause`: why it failed, as far as that is known. */
export type RunView = StoredRun & {
  durationSeconds: number | null;
  cause: Pick<Cause, 'text' | 'fingerprint' | 'source'> | null;
};

export type ReadRuns = {
  ofJob: (key: BatchJobKey, before: string | null, limit: number) => Promise<RunView[]>;
  /** From a day before `to` unless set, to now unless set. */
  between: (
    environment: string,
    from: Date | null,
    to: Date | null,
    after: string | null,
    limit: number,
  ) => Promise<RunView[]>;
};

export function createReadRuns({ runs, causes, clock }: Pick<Ports, 'runs' | 'causes' | 'clock'>): ReadRuns {
  return {
    async ofJob(key, before, limit) {
      const found = await runs.ofJob(key, before, limit);
      return views(found);
    },
    async between(environment, from, to, after, limit) {
      // F&O's clock may be ahead.
      const end = to ?? addMs(clock.now(), dayMs);
      const start = from ?? addMs(to ?? clock.now(), -dayMs);
      const earliest = addMs(end, -longestMs);
      const span = { from: start < earliest ? earliest : start, to: end };
      const found = await runs.between(environment, span, after, limit);
      return views(found);
    },
  };

  async function views(found: readonly StoredRun[]): Promise<RunView[]> {
    const known = await causesOfRuns(causes, found);
    return found.map((run) => view(run, known.get(run) ?? null));
  }
}

function view(run: StoredRun, cause: Cause | null): RunView {
  const { startedAt, endedAt } = run;
  const durationMs = startedAt && endedAt.getTime() - startedAt.getTime();
  const durationSeconds = durationMs === null ? null : Math.round(durationMs / 1000);
  const told = cause && { text: cause.text, fingerprint: cause.fingerprint, source: cause.source };
  return { ...run, durationSeconds, cause: told };
}
