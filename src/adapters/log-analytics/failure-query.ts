import type { RunWindow } from '../../domain/cause/run-window.ts';
import type { JobId } from '../../domain/job-id.ts';

/** A run that writes more is cut: the first texts are those that count. */
const maxRows = 100;

/** Longer than what is kept of a text. */
const maxTextLength = 8000;

/** The columns of the answer, whichever table a row is from. */
export const columns = ['TimeGenerated', 'Source', 'Name', 'OuterMessage', 'Properties'] as const;

/**
 * What F&O writes of a batch job: exceptions, and the events of its batch tasks. A workspace and a classic resource
 * name the tables differently; `isfuzzy` leaves out those that are missing. Property names differ in case from event
 * to event, and KQL tells case apart there: so this looks for the job's id in all properties, and `readRows` for the
 * property. `has` compares whole words, and a sign is none.
 * @see https://learn.microsoft.com/dynamics365/fin-ops-core/dev-itpro/sysadmin/monitoring-and-telemetry
 */
export function failureQuery(jobId: JobId, { from, to }: RunWindow): string {
  const digits = jobId.replace('-', '');
  const rows = (table: string, time: string, bag: string, more: string): string =>
    [
      `(${table}`,
      `| where ${time} between (datetime(${from.toISOString()}) .. datetime(${to.toISOString()}))`,
      `| where tostring(${bag}) has "${digits}"`,
      `| ${more})`,
    ].join(' ');
  const exceptions = (time: string, bag: string, message: string): string =>
    `project TimeGenerated = ${time}, Source = "exception", Name = "", OuterMessage = substring(${message}, 0, ${maxTextLength}), Properties = tostring(${bag})`;
  const events = (time: string, bag: string, name: string): string =>
    `where ${name} in~ ("BatchTaskFailure", "BatchTaskStart", "BatchTaskFinished") | project TimeGenerated = ${time}, Source = "event", Name = ${name}, OuterMessage = "", Properties = tostring(${bag})`;
  return [
    'union isfuzzy=true',
    [
      rows(
        'AppExceptions',
        'TimeGenerated',
        'Properties',
        exceptions('TimeGenerated', 'Properties', 'OuterMessage'),
      ),
      rows('AppEvents', 'TimeGenerated', 'Properties', events('TimeGenerated', 'Properties', 'Name')),
      rows(
        'exceptions',
        'timestamp',
        'customDimensions',
        exceptions('timestamp', 'customDimensions', 'outerMessage'),
      ),
      rows('customEvents', 'timestamp', 'customDimensions', events('timestamp', 'customDimensions', 'name')),
    ].join(',\n'),
    `| top ${maxRows} by TimeGenerated asc`,
  ].join('\n');
}
