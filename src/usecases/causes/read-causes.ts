import { type CauseGroup, CauseGroups } from '../../domain/cause/group-causes.ts';
import { addMs } from '../../domain/instants.ts';
import type { Ports } from '../../ports/ports.ts';
import { causePages } from './cause-pages.ts';

/** More failures of one environment than a bad day has; whole pages. */
export const maxCauses = 10_000;

const dayMs = 86_400_000;

/** `isComplete`: no environment has more failures since then than are read; the latest are. */
type CausesSince = { since: Date; groups: CauseGroup[]; isComplete: boolean };

/** `environment` null: all. `since` null: a day ago. */
export type ReadCauses = (environment: string | null, since: Date | null) => Promise<CausesSince>;

/** Groups the failures since an instant by their causes. */
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
    let left = maxCauses;
    for await (const page of causePages(causes, environment, since, null)) {
      if (left <= 0) return false;
      groups.add(page);
      left -= page.length;
    }
    return true;
  }
}
