import type { ListedOnly, RunQuery } from '../../ports/run-search.ts';
import { isLike } from './list-query.ts';

const enums = 'Microsoft.Dynamics.DataEntities.';

/** F&O shows 1900-01-01 where there is no date. */
const noDateUntil = '1900-01-02T00:00:00Z';

/** Jobs made by code run once and vanish: F&O lists them too. */
const notRuntime = `RuntimeJob eq ${enums}NoYes'No'`;

/** Builds the filter of a search. Enums compare by eq and ne only, and there is no `in`. */
export function runFilter({ endedFrom, startedBefore, dueBefore, only }: RunQuery): string {
  const conditions = [
    `EndDateTime ge ${literal(endedFrom)}`,
    startedBefore && `(Status eq ${status('Executing')} and StartDateTime lt ${literal(startedBefore)})`,
    dueBefore &&
      `(Status eq ${status('Waiting')} and OrigStartDateTime lt ${literal(dueBefore)} and OrigStartDateTime gt ${noDateUntil})`,
  ].filter((condition) => condition !== null);
  return [notRuntime, anyOf(conditions), ...(only ? [anyOf(listed(only))] : [])].join(' and ');
}

function listed({ jobIds, descriptions }: ListedOnly): string[] {
  return [...jobIds.map((jobId) => `BatchJobRecId eq ${jobId}`), ...descriptions.map(isLike)];
}

function anyOf(conditions: readonly string[]): string {
  return `(${conditions.join(' or ')})`;
}

function status(name: string): string {
  return `${enums}BatchStatus'${name}'`;
}

/** F&O's times have whole seconds. */
function literal(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
