import type { HistoryEntity } from '../../domain/watch/watch-state.ts';
import { isObject } from '../../events/schema-validator.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  FoundHistory,
  FoundRows,
  FoundRuns,
  HistoryQuery,
  RunQuery,
  RunSearch,
} from '../../ports/run-search.ts';
import { toListedJobs } from './batch-job-entity.ts';
import type { FnoSender } from './fno-sender.ts';
import { historyEntity, historySets, isNamedAsHistory, toHistoryRows } from './history-rows.ts';
import { listAll } from './list-all.ts';
import { listPath } from './list-query.ts';
import { historyPath, runFilter } from './run-query.ts';

/** The most rows of one search: they fit into one answer. */
const maxRows = 1000;

/**
 * ASP.NET takes a query string of at most 2,048 characters unless it is configured otherwise.
 * @see https://learn.microsoft.com/dotnet/api/system.web.configuration.httpruntimesection.maxquerystringlength
 */
const maxPathLength = 2000;

/** F&O has some thousand entity sets, all in one answer. */
const maxSets = 100_000;

/** Searches the batch jobs of one F&O environment, over its OData endpoint. */
export class FnoRunSearch implements RunSearch {
  readonly #parts: { sender: FnoSender; clock: Clock };

  constructor(sender: FnoSender, clock: Clock) {
    this.#parts = { sender, clock };
  }

  async search(query: RunQuery, signal: AbortSignal): Promise<FoundRuns> {
    const pathOf = (asked: RunQuery) => listPath(runFilter(asked), maxRows, 'asc');
    const path = thatFits(pathOf, query);
    const listed = await listAll(this.#parts, path, maxRows, signal, toListedJobs);
    if (listed.kind !== 'listed') return listed;
    const { rows: jobs, readAt, cutOff } = listed;
    return { kind: 'listed', jobs, readAt, isCut: cutOff !== null || jobs.length >= maxRows };
  }

  /**
   * Looks for entity sets in OData's service document, and for their properties in a row: `$metadata` has both, and is
   * tens of megabytes long. One that F&O does not show is passed over.
   */
  async findHistory(signal: AbortSignal): Promise<FoundHistory> {
    const service = await listAll(this.#parts, '/data', maxSets, signal, (rows) => [...rows]);
    if (service.kind !== 'listed') return service;
    let refused: FoundHistory | null = null;
    for (const set of historySets(service.rows)) {
      const path = `/data/${set}?cross-company=true&$top=1`;
      const first = await listAll(this.#parts, path, 1, signal, (rows) => rows.filter(isObject));
      if (first.kind === 'listed') {
        const [row = null] = first.rows;
        const entity = historyEntity(set, row);
        if (entity) return { kind: 'listed', entity, isCertain: row !== null };
      } else if (first.kind !== 'misconfigured') return first;
      else if (isNamedAsHistory(set)) refused = first;
    }
    return refused ?? { kind: 'listed', entity: null, isCertain: true };
  }

  async history(entity: HistoryEntity, query: HistoryQuery, signal: AbortSignal): Promise<FoundRows> {
    const path = thatFits((asked: HistoryQuery) => historyPath(entity, asked, maxRows), query);
    const toRows = (rows: readonly unknown[]) => toHistoryRows(entity, rows);
    const listed = await listAll(this.#parts, path, maxRows, signal, toRows);
    if (listed.kind !== 'listed') return listed;
    const { rows, cutOff } = listed;
    return { kind: 'listed', rows, isCut: cutOff !== null || rows.length >= maxRows };
  }
}

/** F&O's web server refuses a longer path, in characters. The caller chooses again from all that is listed then. */
function thatFits<Query extends Pick<RunQuery, 'only'>>(
  pathOf: (query: Query) => string,
  query: Query,
): string {
  const path = pathOf(query);
  return path.length <= maxPathLength ? path : pathOf({ ...query, only: null });
}
