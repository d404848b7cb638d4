import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { JobId } from '../../domain/job-id.ts';
import { eventTables, exceptionTables, type Names, rowsOf, unionOf } from './tables.ts';

/** A run that writes more is cut: the first texts are those that count. */
const maxRows = 100;

/** Longer than what is kept of a text. */
const maxTextLength = 8000;

/**
 * The texts that F&O writes of a batch job: exceptions, and the failures of its batch tasks. Property names differ in
 * case from event to event, and KQL tells case apart there: `readRows` looks for the property that has the job's id.
 * @see https://learn.microsoft.com/dynamics365/fin-ops-core/dev-itpro/sysadmin/monitoring-and-telemetry
 */
export function failureQuery(jobId: JobId, window: RunWindow): string {
  const tables = [
    ...exceptionTables.map((names) => `${rowsOf(names, jobId, window)} | ${exceptionColumns(names)}`),
    ...eventTables.map((names) => `${rowsOf(names, jobId, window)} | ${eventColumns(names)}`),
  ];
  return `${unionOf(tables)}\n| top ${maxRows} by TimeGenerated asc`;
}

function exceptionColumns({ time, bag, text }: Names): string {
  const message = `OuterMessage = substring(${text}, 0, ${maxTextLength})`;
  return `project TimeGenerated = ${time}, Source = "exception", Name = "", ${message}, Properties = tostring(${bag})`;
}

function eventColumns({ time, bag, text }: Names): string {
  const wanted = `where ${text} =~ "BatchTaskFailure"`;
  return `${wanted} | project TimeGenerated = ${time}, Source = "event", Name = ${text}, OuterMessage = "", Properties = tostring(${bag})`;
}
