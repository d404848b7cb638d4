import type { Clock } from '../../ports/clock.ts';
import type { FoundRuns, RunQuery, RunSearch } from '../../ports/run-search.ts';
import type { FnoSender } from './fno-sender.ts';
import { listAll } from './list-all.ts';
import { listPath } from './list-query.ts';
import { runFilter } from './run-query.ts';

/** The most rows of one search: they fit into one answer. */
const maxRows = 1000;

/** Searches the batch jobs of one F&O environment, over its OData endpoint. */
export class FnoRunSearch implements RunSearch {
  readonly #sender: FnoSender;
  readonly #clock: Clock;

  constructor(sender: FnoSender, clock: Clock) {
    this.#sender = sender;
    this.#clock = clock;
  }

  async search(query: RunQuery, signal: AbortSignal): Promise<FoundRuns> {
    const path = listPath(runFilter(query), maxRows, 'asc');
    const listed = await listAll(this.#sender, this.#clock, path, maxRows, signal);
    if (listed.kind !== 'listed') return listed;
    const { jobs, readAt, cutOff } = listed;
    return { kind: 'listed', jobs, readAt, isCut: cutOff !== null || jobs.length >= maxRows };
  }
}
