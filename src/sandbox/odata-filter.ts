import { int64Digits } from './json.ts';
import { shownTime, type FilterField, type FilterFields } from './odata-entity.ts';

export type RowFilter<Row> = (row: Row) => boolean;

/** A mark between or around operands, or a term. A text is in quotes; a quote within it is doubled. */
const token = /\s*(?:(?<mark>[()]|(?:and|or)\b)|(?<term>\w+ \w+ (?:[\w.]*'(?:[^']|'')*'|[-\w:.]+)))\s*/y;

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
 * Microsoft.Dynamics.DataEntities.BatchStatus'Error'` (any enum), `BatchJobRecId eq 5637144576`, `JobDescription eq
 * '*text*'`, `EndDateTime gt 2026-03-02T01:00:00Z` (eq, ne, gt, ge, lt, le). Null for any other filter.
 */
export function parseFilter<Row>(filter: string, fields: FilterFields<Row>): RowFilter<Row> | null {
  const tokens = tokensOf(filter);
  if (!tokens) return null;
  const parsed = parseAny(tokens, fields);
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
function parseAny<Row>(tokens: Token[], fields: FilterFields<Row>): RowFilter<Row> | null {
  const parts = parseSeveral(tokens, 'or', () => parseAll(tokens, fields));
  return parts && ((row) => parts.some((matches) => matches(row)));
}

function parseAll<Row>(tokens: Token[], fields: FilterFields<Row>): RowFilter<Row> | null {
  const parts = parseSeveral(tokens, 'and', () => parseOne(tokens, fields));
  return parts && ((row) => parts.every((matches) => matches(row)));
}

function parseSeveral<Row>(
  tokens: Token[],
  joint: string,
  parse: () => RowFilter<Row> | null,
): RowFilter<Row>[] | null {
  const parts: RowFilter<Row>[] = [];
  do {
    const part = parse();
    if (!part) return null;
    parts.push(part);
  } while (takeMark(tokens, joint));
  return parts;
}

function parseOne<Row>(tokens: Token[], fields: FilterFields<Row>): RowFilter<Row> | null {
  if (takeMark(tokens, '(')) {
    const inner = parseAny(tokens, fields);
    return takeMark(tokens, ')') ? inner : null;
  }
  const next = tokens.shift();
  return next && 'term' in next ? parseTerm(next.term, fields) : null;
}

function takeMark(tokens: Token[], mark: string): boolean {
  const [next] = tokens;
  if (!next || !('mark' in next) || next.mark !== mark) return false;
  tokens.shift();
  return true;
}

function parseTerm<Row>(term: string, fields: FilterFields<Row>): RowFilter<Row> | null {
  const [property = '', operator = ''] = term.split(' ', 2);
  const value = term.slice(property.length + operator.length + 2);
  const field = fields[property];
  return field ? compare(field, operator, value) : null;
}

function compare<Row>(field: FilterField<Row>, operator: string, value: string): RowFilter<Row> | null {
  switch (field.kind) {
    case 'enum': {
      const wanted = enumValue(value, field.name);
      if (wanted === null || !field.values.includes(wanted)) return null;
      return equality(operator, (row) => field.of(row) === wanted);
    }
    case 'int64': {
      const wanted = int64Digits(value);
      return operator === 'eq' && wanted !== null ? (row) => field.of(row) === wanted : null;
    }
    case 'text': {
      const text = /^'(.*)'$/s.exec(value)?.[1];
      if (operator !== 'eq' || text === undefined) return null;
      const pattern = wildcardPattern(text.replaceAll("''", "'"));
      return (row) => pattern.test(field.of(row));
    }
    case 'time':
      return comparison(field.of, operator, value);
  }
}

function enumValue(value: string, name: string): string | null {
  return new RegExp(`^Microsoft\\.Dynamics\\.DataEntities\\.${name}'(\\w+)'$`).exec(value)?.[1] ?? null;
}

/** Enums support only eq and ne. */
function equality<Row>(operator: string, equals: RowFilter<Row>): RowFilter<Row> | null {
  if (operator === 'eq') return equals;
  return operator === 'ne' ? (row) => !equals(row) : null;
}

function comparison<Row>(
  timeOf: (row: Row) => Date | null,
  operator: string,
  value: string,
): RowFilter<Row> | null {
  const holds = comparisons[operator];
  if (!holds || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) return null;
  const wanted = Date.parse(value);
  return Number.isNaN(wanted) ? null : (row) => holds(shownTime(timeOf(row)).getTime() - wanted);
}

/** F&O ignores case when it compares text; `*` stands for any run of characters. */
function wildcardPattern(text: string): RegExp {
  const literal = text.split('*').map((part) => part.replaceAll(/[^\p{L}\p{N}]/gu, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'is');
}
