import { type CauseGroup, CauseGroups } from '../../domain/cause/group-causes.ts';
import type { Cause } from '../../domain/cause/cause.ts';
import { addMs } from '../../domain/instants.ts';
import type { Ports } from '../../ports/ports.ts';

/** More failures of one environment than a bad day has. */
const maxCauses = 10_000;

const pageSize = 500;

const dayMs = 86_400_000;

/** `isComplete`: no environment has more failures since then than are read; the latest are. */
type CausesSince = { since: Date; groups: CauseGroup[]; isComplete: boolean };

/** `environment` null: all. `since` null: a day ago. */
export type ReadCauses = (environment: string | null, since: Date | null) => Promise<CausesSince>;

/** Groups the failures since an instant by their causes. It reads page by page: no call of the store takes long. */
export function createReadCauses(
  { causes, clock }: Pick<Ports, 'causes' | 'clock'>,
  environments: readonly string[],
): ReadCauses {
  return async function readCauses(environment, from) {
    const since = from ?? addMs(clock.now(), -dayMs);
    const groups = new CauseGroups();
    let isComplete = true;
    for (const asked of environment === null ? environments : [environment])
      isComplete = (await readInto(groups, asked, since)) && isComplete;
    return { since, groups: groups.list(), isComplete };
  };

  /** Resolves to whether the environment has no more than it read. */
  async function readInto(groups: CauseGroups, environment: string, since: Date): Promise<boolean> {
    let after: Cause | null = null;
    for (let read = 0; read < maxCauses; read += pageSize) {
      const page: Cause[] = await causes.since(environment, since, after, pageSize);
      groups.add(page);
      after = page.at(-1) ?? null;
      if (page.length < pageSize) return true;
      // SQLite answers at once: others have their turn between two pages.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return (await causes.since(environment, since, after, 1)).length === 0;
  }
}
