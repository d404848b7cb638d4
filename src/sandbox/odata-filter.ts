import { shownTime } from './batch-job-entity.ts';
import type { SimulatedBatchJob } from './batch-job.ts';
import { isBatchStatus } from './batch-status.ts';
import { int64Digits } from './json.ts';

export type JobFilter = (job: SimulatedBatchJob) => boolean;

/** A mark between or around operands, or a term. A text is in quotes; a quote within it is doubled. */
const token = /\s*(?:(?<mark>[()]|(?:and|or)\b)|(?<term>\w+ \w+ (?:[\w.]*'(?:[^']|'')*'|[-\w:.]+)))\s*/y;

const times = {
  StartDateTime: ({ startedAt }: SimulatedBatchJob) => startedAt,
  EndDateTime: ({ endedAt }: SimulatedBatchJob) => endedAt,
  OrigStartDateTime: ({ scheduledAt }: SimulatedBatchJob) => scheduledAt,
};

const comparisons: Record<string, (difference: number) => boolean> = {
  eq: (difference) => difference === 0,
  ne: (difference) => difference !== 0,
  gt: (difference) => difference > 0,
  ge: (difference) => difference >= 0,
  lt: (difference) => difference < 0,
  le: (difference) => difference <= 0,
};

/**
 * Parses terms joined by `and`, `or` and parentheses, where a term is one of `Status eq|ne
 * Microsoft.Dynamics.DataEntities.BatchStatus'Error'`, `RuntimeJob eq|ne
 * Microsoft.Dynamics.DataEntities.NoYes'No'`, `BatchJobRecId eq 5637144576`, `JobDescription eq '*text*'`,
 * `EndDateTime gt 2026-03-02T01:00:00Z` (eq, ne, gt, ge, lt, le; StartDateTime and OrigStartDateTime likewise).
 * Null for any other filter.
 */
export function parseFilter(filter: string): JobFilter | null {
  const tokens = tokensOf(filter);
  if (!tokens) return null;
  const parsed = parseAny(tokens);
  return tokens.length === 0 ? parsed : null;
}

type Token = { mark: string } | { term: string };

function tokensOf(filter: string): Token[] | null {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < filter.length) {
    const groups = token.exec(filter)?.groups;
    if (!groups) return null;
    const { mark, term } = groups;
    tokens.push(mark === undefined ? { term: term ?? '' } : { mark });
  }
  return tokens;
}

/** Each parser removes the tokens that it understands from the front. */
function parseAny(tokens: Token[]): JobFilter | null {
  const parts = parseSeveral(tokens, 'or', parseAll);
  return parts && ((job) => parts.some((matches) => matches(job)));
}

function parseAll(tokens: Token[]): JobFilter | null {
  const parts = parseSeveral(tokens, 'and', parseOne);
  return parts && ((job) => parts.every((matches) => matches(job)));
}

function parseSeveral(
  tokens: Token[],
  joint: string,
  parse: (tokens: Token[]) => JobFilter | null,
): JobFilter[] | null {
  const parts: JobFilter[] = [];
  do {
    const part = parse(tokens);
    if (!part) return null;
    parts.push(part);
  } while (takeMark(tokens, joint));
  return parts;
}

function parseOne(tokens: Token[]): JobFilter | null {
  if (takeMark(tokens, '(')) {
    const inner = parseAny(tokens);
    return takeMark(tokens, ')') ? inner : null;
  }
  const next = tokens.shift();
  return next && 'term' in next ? parseTerm(next.term) : null;
}

function takeMark(tokens: Token[], mark: string): boolean {
  const [next] = tokens;
  if (!next || !('mark' in next) || next.mark !== mark) return false;
  tokens.shift();
  return true;
}

function parseTerm(term: string): JobFilter | null {
  const [property = '', operator = ''] = term.split(' ', 2);
  const value = term.slice(property.length + operator.length + 2);
  switch (property) {
    case 'Status': {
      const status = enumValue(value, 'BatchStatus');
      if (status === null || !isBatchStatus(status)) return null;
      return equality(operator, (job) => job.status === status);
    }
    case 'RuntimeJob': {
      const answer = enumValue(value, 'NoYes');
      if (answer !== 'Yes' && answer !== 'No') return null;
      return equality(operator, (job) => job.runtimeJob === (answer === 'Yes'));
    }
    case 'BatchJobRecId': {
      const wanted = int64Digits(value);
      return operator === 'eq' && wanted !== null ? ({ jobId }) => jobId === wanted : null;
    }
    case 'JobDescription': {
      const text = /^'(.*)'$/s.exec(value)?.[1];
      if (operator !== 'eq' || text === undefined) return null;
      const pattern = wildcardPattern(text.replaceAll("''", "'"));
      return ({ description }) => pattern.test(description);
    }
    case 'StartDateTime':
    case 'EndDateTime':
    case 'OrigStartDateTime':
      return comparison(times[property], operator, value);
    default:
      return null;
  }
}

function enumValue(value: string, name: string): string | null {
  return new RegExp(`^Microsoft\\.Dynamics\\.DataEntities\\.${name}'(\\w+)'$`).exec(value)?.[1] ?? null;
}

/** Enums support only eq and ne. */
function equality(operator: string, equals: JobFilter): JobFilter | null {
  if (operator === 'eq') return equals;
  return operator === 'ne' ? (job) => !equals(job) : null;
}

function comparison(
  timeOf: (job: SimulatedBatchJob) => Date | null,
  operator: string,
  value: string,
): JobFilter | null {
  const holds = comparisons[operator];
  if (!holds || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) return null;
  const wanted = Date.parse(value);
  return Number.isNaN(wanted) ? null : (job) => holds(shownTime(timeOf(job)).getTime() - wanted);
}

/** F&O ignores case when it compares text; `*` stands for any run of characters. */
function wildcardPattern(text: string): RegExp {
  const literal = text.split('*').map((part) => part.replaceAll(/[^\p{L}\p{N}]/gu, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'is');
}
