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
    const { outcome, readAt } = await listAll(this.#sender, this.#clock, path, maxRows, signal);
    if (outcome.kind !== 'listed') return outcome;
    const { jobs, cutOff } = outcome;
    return { kind: 'listed', jobs, readAt, isCut: cutOff !== null || jobs.length >= maxRows };
  }
}
