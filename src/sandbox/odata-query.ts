import type { SimulatedBatchJob } from './batch-job.ts';
import { entityProperties } from './batch-job-entity.ts';
import { isBatchStatus } from './batch-status.ts';
import { int64Digits } from './json.ts';

interface ODataQuery {
  matches: (job: SimulatedBatchJob) => boolean;
  /** By the end of their last run, the latest first; otherwise by id. */
  latestEndFirst: boolean;
  top: number | null;
  select: readonly string[] | null;
  /** The id after which the page begins. */
  after: string | null;
}

export type ParsedQuery =
  { kind: 'query'; query: ODataQuery } | { kind: 'refused'; status: 400 | 501; message: string };

/** What OData knows but this sandbox does not do; F&O would. */
const notSimulated = new Set(['$apply', '$compute', '$count', '$expand', '$format', '$search', '$skip']);

export function parseQuery(parameters: URLSearchParams): ParsedQuery {
  const query: ODataQuery = {
    matches: () => true,
    latestEndFirst: false,
    top: null,
    select: null,
    after: null,
  };
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
      case '$orderby':
        if (value !== 'EndDateTime desc') return refused(501, `The sandbox does not order by ${value}`);
        query.latestEndFirst = true;
        break;
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

/** A text in quotes; a quote within it is doubled. */
const term =
  /\s*(?:Status (?<operator>eq|ne) Microsoft\.Dynamics\.DataEntities\.BatchStatus'(?<status>\w+)'|BatchJobRecId eq (?<id>-?\d+)|JobDescription eq '(?<text>(?:[^']|'')*)')\s*(?<more>and )?/y;

/**
 * `Status eq|ne Microsoft.Dynamics.DataEntities.BatchStatus'Error'`, `BatchJobRecId eq 5637144576`,
 * `JobDescription eq '*text*'`, several joined by `and`.
 */
function parseFilter(filter: string): ODataQuery['matches'] | null {
  const tests: ODataQuery['matches'][] = [];
  let more: string | undefined = 'and ';
  for (term.lastIndex = 0; more !== undefined;) {
    const groups = term.exec(filter)?.groups;
    const test = groups && parseTerm(groups);
    if (!test) return null;
    tests.push(test);
    more = groups['more'];
    if (more === undefined && term.lastIndex !== filter.length) return null;
  }
  return (job) => tests.every((test) => test(job));
}

function parseTerm(groups: Partial<Record<string, string>>): ODataQuery['matches'] | null {
  const { operator, status, id, text } = groups;
  if (text !== undefined) {
    const pattern = wildcardPattern(text.replaceAll("''", "'"));
    return ({ description }) => pattern.test(description);
  }
  if (id !== undefined) {
    const wanted = int64Digits(id);
    return wanted === null ? null : ({ jobId }) => jobId === wanted;
  }
  if (status === undefined || !isBatchStatus(status)) return null;
  return (job) => (job.status === status) === (operator === 'eq');
}

/** F&O compares text without case; `*` stands for any run of characters. */
function wildcardPattern(text: string): RegExp {
  const literal = text.split('*').map((part) => part.replaceAll(/[^\p{L}\p{N}]/gu, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'is');
}

function refused(status: 400 | 501, message: string): ParsedQuery {
  return { kind: 'refused', status, message };
}
