import { parseJobId } from '../../domain/job-id.ts';
import type { HistoryEntity } from '../../domain/watch/watch-state.ts';
import { parseFnoTime } from '../../events/fno-time.ts';
import { isObject } from '../../events/schema-validator.ts';
import type { HistoryRow } from '../../ports/run-search.ts';
import { readText, statusOf } from './batch-job-entity.ts';

/** Of all entity sets, the one whose name says that it is the history of batch jobs; null if there is none. */
export function historySet(sets: readonly unknown[]): string | null {
  const names = sets.flatMap((set) => (isObject(set) ? String(set['url'] ?? set['name']) : []));
  return names.find((name) => /^batchjobs?histor(y|ies)(entity|entities)?$/i.test(name)) ?? null;
}

/** The properties that F&O's documentation names, for a history without a row. */
export const documentedRow = { BatchJobID: 0, Status: '', StartDateTime: '', EndDateTime: '' };

/** The names of the properties, as a row spells them; null if it lacks one that is needed. */
export function historyEntity(set: string, row: Record<string, unknown>): HistoryEntity | null {
  const find = (pattern: RegExp) => Object.keys(row).find((name) => pattern.test(name)) ?? null;
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
