import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { JobId } from '../../domain/job-id.ts';

/** A run that writes more is cut: the first texts are those that count. */
const maxRows = 100;

/** Longer than what is kept of a text. */
const maxTextLength = 8000;

/** A table of F&O's telemetry: a workspace and a classic resource name tables and columns differently. */
type Names = { table: string; time: string; bag: string; text: string };

const exceptionTables: readonly Names[] = [
  { table: 'AppExceptions', time: 'TimeGenerated', bag: 'Properties', text: 'OuterMessage' },
  { table: 'exceptions', time: 'timestamp', bag: 'customDimensions', text: 'outerMessage' },
];
const eventTables: readonly Names[] = [
  { table: 'AppEvents', time: 'TimeGenerated', bag: 'Properties', text: 'Name' },
  { table: 'customEvents', time: 'timestamp', bag: 'customDimensions', text: 'name' },
];

/**
 * What F&O writes of a batch job: exceptions, and the events of its batch tasks. `isfuzzy` leaves out tables that are
 * missing. Property names differ in case from event to event, and KQL tells case apart there: so this looks for the
 * job's id in all properties, and `readRows` for the property. `has` compares whole words, and a sign is none.
 * @see https://learn.microsoft.com/dynamics365/fin-ops-core/dev-itpro/sysadmin/monitoring-and-telemetry
 */
export function failureQuery(jobId: JobId, window: RunWindow): string {
  const tables = [
    ...exceptionTables.map((names) => `${rowsOf(names, jobId, window)} | ${exceptionColumns(names)}`),
    ...eventTables.map((names) => `${rowsOf(names, jobId, window)} | ${eventColumns(names)}`),
  ];
  const union = `union isfuzzy=true\n${tables.map((table) => `(${table})`).join(',\n')}`;
  return `${union}\n| top ${maxRows} by TimeGenerated asc`;
}

function rowsOf({ table, time, bag }: Names, jobId: JobId, { fromAt, toAt }: RunWindow): string {
  const within = `${time} between (datetime(${fromAt.toISOString()}) .. datetime(${toAt.toISOString()}))`;
  return `${table} | where ${within} | where tostring(${bag}) has "${jobId.replace('-', '')}"`;
}

function exceptionColumns({ time, bag, text }: Names): string {
  const message = `OuterMessage = substring(${text}, 0, ${maxTextLength})`;
  return `project TimeGenerated = ${time}, Source = "exception", Name = "", ${message}, Properties = tostring(${bag})`;
}

function eventColumns({ time, bag, text }: Names): string {
  const wanted = `where ${text} in~ ("BatchTaskFailure", "BatchTaskStart", "BatchTaskFinished")`;
  return `${wanted} | project TimeGenerated = ${time}, Source = "event", Name = ${text}, OuterMessage = "", Properties = tostring(${bag})`;
}
