import type { HistoryEntity } from '../../domain/watch/watch-state.ts';
import type { HistoryQuery, ListedOnly, RunQuery } from '../../ports/run-search.ts';
import { isLike } from './list-query.ts';

const enums = 'Microsoft.Dynamics.DataEntities.';

/** F&O shows 1900-01-01 where there is no date. */
const noDateUntil = '1900-01-02T00:00:00Z';

/** Jobs made by code run once and vanish: F&O lists them too. */
const runtime = (is: 'Yes' | 'No') => `RuntimeJob eq ${enums}NoYes'${is}'`;

/** Builds the filter of a search. Enums compare by eq and ne only, and there is no `in`. */
export function runFilter({ endedFrom, running, dueBefore, only, madeByCode = false }: RunQuery): string {
  const chosen = listed(only, 'BatchJobRecId', 'JobDescription');
  if (madeByCode) return [runtime('Yes'), ...chosen].join(' and ');
  const conditions = [
    `EndDateTime ge ${literal(endedFrom)}`,
    running ? `Status eq ${status('Executing')}` : null,
    dueBefore &&
      `(Status eq ${status('Waiting')} and OrigStartDateTime lt ${literal(dueBefore)} and OrigStartDateTime gt ${noDateUntil})`,
  ].filter((condition) => condition !== null);
  return [runtime('No'), anyOf(conditions), ...chosen].join(' and ');
}

/** Builds the path of a page of the batch history. Without descriptions, F&O cannot choose by them. */
export function historyPath(entity: HistoryEntity, { endedFrom, only }: HistoryQuery, top: number): string {
  const { set, jobId, status: statusOf, start, end, description, legalEntity } = entity;
  const properties = [jobId, statusOf, start, end, description, legalEntity];
  const options = {
    'cross-company': 'true',
    $select: properties.filter((property) => property !== null).join(','),
    $filter: [`${end} ge ${literal(endedFrom)}`, ...listed(only, jobId, description)].join(' and '),
    $orderby: end,
    $top: String(top),
  };
  const query = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `/data/${set}?${query.join('&')}`;
}

/** The condition for the listed jobs; none if F&O has to show all. */
function listed(only: ListedOnly | null, jobId: string, description: string | null): string[] {
  if (!only || (description === null && only.descriptions.length > 0)) return [];
  const ids = only.jobIds.map((id) => `${jobId} eq ${id}`);
  const named = only.descriptions.map((pattern) => isLike(pattern, description ?? ''));
  return [anyOf([...ids, ...named])];
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
