import { parseJobId } from '../../domain/job-id.ts';
import type { HistoryEntity } from '../../domain/watch/watch-state.ts';
import { parseFnoTime } from '../../events/fno-time.ts';
import { isObject } from '../../events/schema-validator.ts';
import type { HistoryRow } from '../../ports/run-search.ts';
import { readText, statusOf } from './batch-job-entity.ts';

/** How many entity sets are asked for a row, to find out whether they are the history. */
const maxCandidates = 5;

/** The entity sets that may be the history of batch jobs, by their names, the likeliest first. */
export function historySets(sets: readonly unknown[]): string[] {
  const names = sets.flatMap((set) => (isObject(set) ? String(set['url'] ?? set['name']) : []));
  const others = names.filter(
    (name) => /^\w*batch\w*histor(y|ies)\w*$/i.test(name) && !isNamedAsHistory(name),
  );
  return [...names.filter(isNamedAsHistory), ...others].slice(0, maxCandidates);
}

/** Whether the name alone says that it is the history of batch jobs. */
export function isNamedAsHistory(set: string): boolean {
  return /^batchjobs?histor(y|ies)(entity|entities)?$/i.test(set);
}

/** The properties that F&O's documentation names, for a history without a row. */
const documentedRow = { BatchJobID: 0, Status: '', StartDateTime: '', EndDateTime: '' };

/**
 * The names of the properties, as a row spells them; null if it lacks one that is needed, or if another name is not
 * proven by a row: batch tasks have a history, too, without a planned start.
 */
export function historyEntity(set: string, row: Record<string, unknown> | null): HistoryEntity | null {
  if (!isNamedAsHistory(set) && !Object.keys(row ?? {}).some((name) => /^origstartdatetime$/i.test(name)))
    return null;
  const find = (pattern: RegExp) =>
    Object.keys(row ?? documentedRow).find((name) => pattern.test(name)) ?? null;
  const jobId = find(/^batchjob(rec)?id$/i);
  const status = find(/^status$/i);
  const start = find(/^startdatetime$/i);
  const end = find(/^enddatetime$/i);
  if (!jobId || !status || !start || !end) return null;
  const [description, legalEntity] = [find(/^(job)?description$/i), find(/^company(accounts)?$/i)];
  return { set, jobId, status, start, end, description, legalEntity };
}

/** Reads rows of the history. Skips a row without an id, a status or an end. */
export function toHistoryRows(entity: HistoryEntity, rows: readonly unknown[]): HistoryRow[] {
  return rows.flatMap((row) => {
    if (!isObject(row)) return [];
    const jobId = parseJobId(String(row[entity.jobId]));
    const status = row[entity.status];
    const endedAt = parseFnoTime(row[entity.end]);
    if (!jobId || typeof status !== 'string' || !endedAt) return [];
    const textOf = (property: string | null) => (property === null ? null : readText(row[property], 1000));
    return [
      {
        jobId,
        status: statusOf(status.slice(0, 50)),
        startedAt: parseFnoTime(row[entity.start]),
        endedAt,
        description: textOf(entity.description),
        legalEntity: textOf(entity.legalEntity),
      },
    ];
  });
}
