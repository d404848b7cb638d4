import pMap from 'p-map';
import { type CauseGroup, groupCauses } from '../../domain/cause/group-causes.ts';
import { addMs } from '../../domain/instants.ts';
import type { Ports } from '../../ports/ports.ts';

/** More failures of one environment than a bad night has. */
const maxCauses = 2000;

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
    const asked = environment === null ? environments : [environment];
    const found = await pMap(asked, (name) => causes.since(name, since, maxCauses + 1));
    return {
      since,
      groups: groupCauses(found.flatMap((ofOne) => ofOne.slice(0, maxCauses))),
      isComplete: found.every((ofOne) => ofOne.length <= maxCauses),
    };
  };
}
