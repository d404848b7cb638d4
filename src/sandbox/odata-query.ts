import type { ODataEntity, Place } from './odata-entity.ts';
import type { RowFilter } from './odata-filter.ts';
import { parseFilter } from './odata-filter.ts';
import { parsePlace, type Order } from './row-order.ts';

interface ODataQuery<Row> {
  matches: RowFilter<Row>;
  order: Order;
  top: number | null;
  select: readonly string[] | null;
  /** The place at which the last page ended. */
  after: Place | null;
}

type Refusal = { kind: 'refused'; status: 400 | 501; message: string };
export type ParsedQuery<Row> = { kind: 'query'; query: ODataQuery<Row> } | Refusal;

/** Options of OData that F&O supports and this sandbox does not. */
const notSimulated = new Set(['$apply', '$compute', '$count', '$expand', '$format', '$search', '$skip']);

export function parseQuery<Row>(parameters: URLSearchParams, entity: ODataEntity<Row>): ParsedQuery<Row> {
  const query: ODataQuery<Row> = { matches: () => true, order: 'id', top: null, select: null, after: null };
  for (const [name, value] of parameters) {
    switch (name) {
      case 'cross-company':
        break;
      case '$filter': {
        const matches = parseFilter(value, entity.filterFields);
        if (!matches) return refused(501, `The sandbox does not support the filter: ${value}`);
        query.matches = matches;
        break;
      }
      case '$orderby': {
        const direction = /^EndDateTime(?: (?<direction>asc|desc))?$/.exec(value)?.groups;
        if (!direction) return refused(501, `The sandbox does not order by ${value}`);
        query.order = direction['direction'] === 'desc' ? 'latest-end-first' : 'earliest-end-first';
        break;
      }
      case '$top':
        if (!/^\d{1,9}$/.test(value)) return refused(400, `$top is not a number: ${value}`);
        query.top = Number(value);
        break;
      case '$select': {
        query.select = value.split(',').map((property) => property.trim());
        const unknown = query.select.find((property) => !Object.hasOwn(entity.properties, property));
        if (unknown !== undefined) return refused(400, `${entity.type} has no property '${unknown}'`);
        break;
      }
      case '$skiptoken':
        query.after = parsePlace(value);
        if (query.after === null) return refused(400, `The sandbox did not issue this $skiptoken: ${value}`);
        break;
      default:
        if (notSimulated.has(name)) return refused(501, `The sandbox does not support ${name}`);
        return refused(400, `There is no query option '${name}'`);
    }
  }
  return { kind: 'query', query };
}

function refused(status: 400 | 501, message: string): Refusal {
  return { kind: 'refused', status, message };
}
