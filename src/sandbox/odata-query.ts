import type { BatchStatus } from './batch-status.ts';
import { entityProperties } from './batch-job-entity.ts';
import { isBatchStatus } from './batch-status.ts';
import { int64Digits } from './json.ts';

interface ODataQuery {
  matches: (status: BatchStatus) => boolean;
  top: number | null;
  select: readonly string[] | null;
  /** The id after which the page begins. */
  after: string | null;
}

export type ParsedQuery =
  { kind: 'query'; query: ODataQuery } | { kind: 'refused'; status: 400 | 501; message: string };

/** What OData knows but this sandbox does not do; F&O would. */
const notSimulated = new Set([
  '$apply',
  '$compute',
  '$count',
  '$expand',
  '$format',
  '$orderby',
  '$search',
  '$skip',
]);

export function parseQuery(parameters: URLSearchParams): ParsedQuery {
  const query: ODataQuery = { matches: () => true, top: null, select: null, after: null };
  for (const [name, value] of parameters) {
    switch (name) {
      case 'cross-company':
        break;
      case '$filter': {
        const matches = parseFilter(value);
        if (!matches) return refused(501, `The sandbox does not know the filter: ${value}`);
        query.matches = matches;
        break;
      }
      case '$top':
        if (!/^\d{1,9}$/.test(value)) return refused(400, `$top is not a number: ${value}`);
        query.top = Number(value);
        break;
      case '$select': {
        query.select = value.split(',').map((property) => property.trim());
        const unknown = query.select.find(
          (property) => !entityProperties.some((known) => known === property),
        );
        if (unknown !== undefined) return refused(400, `BatchJob has no property '${unknown}'`);
        break;
      }
      case '$skiptoken':
        query.after = int64Digits(value);
        if (query.after === null) return refused(400, `$skiptoken is not one of ours: ${value}`);
        break;
      default:
        if (notSimulated.has(name)) return refused(501, `The sandbox does not do ${name}`);
        return refused(400, `There is no query option '${name}'`);
    }
  }
  return { kind: 'query', query };
}

/** `Status eq|ne Microsoft.Dynamics.DataEntities.BatchStatus'Error'`, several joined by `and`. */
function parseFilter(filter: string): ODataQuery['matches'] | null {
  const tests: ODataQuery['matches'][] = [];
  for (const term of filter.split(/ and /)) {
    const found = /^\s*Status (eq|ne) Microsoft\.Dynamics\.DataEntities\.BatchStatus'(\w+)'\s*$/.exec(term);
    const wanted = found?.[2];
    if (wanted === undefined || !isBatchStatus(wanted)) return null;
    tests.push((status) => (status === wanted) === (found?.[1] === 'eq'));
  }
  return (status) => tests.every((test) => test(status));
}

function refused(status: 400 | 501, message: string): ParsedQuery {
  return { kind: 'refused', status, message };
}
