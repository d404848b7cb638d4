import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { JobId } from '../../domain/job-id.ts';

/** A table of F&O's telemetry: a workspace and a classic resource name tables and columns differently. */
export type Names = { table: string; time: string; bag: string; text: string };

export const exceptionTables: readonly Names[] = [
  { table: 'AppExceptions', time: 'TimeGenerated', bag: 'Properties', text: 'OuterMessage' },
  { table: 'exceptions', time: 'timestamp', bag: 'customDimensions', text: 'outerMessage' },
];
export const eventTables: readonly Names[] = [
  { table: 'AppEvents', time: 'TimeGenerated', bag: 'Properties', text: 'Name' },
  { table: 'customEvents', time: 'timestamp', bag: 'customDimensions', text: 'name' },
];

/**
 * The rows of a time whose properties have the job's id as a word, whatever the property. `has` compares whole words,
 * and a sign is none.
 */
export function rowsOf({ table, time, bag }: Names, jobId: JobId, { fromAt, toAt }: RunWindow): string {
  const within = `${time} between (datetime(${fromAt.toISOString()}) .. datetime(${toAt.toISOString()}))`;
  return `${table} | where ${within} | where tostring(${bag}) has "${jobId.replace('-', '')}"`;
}

/** `isfuzzy` leaves out tables that are missing. */
export function unionOf(tables: readonly string[]): string {
  return `union isfuzzy=true\n${tables.map((table) => `(${table})`).join(',\n')}`;
}
