import type { KqlNode } from './kusto.ts';

/** A value of a cell: text, number, truth, instant, nothing, or a bag of dimensions. */
export type Value = string | number | boolean | Date | null | Bag;
type Bag = { readonly [name: string]: Value };
export type Row = Record<string, Value>;

export type Scope = {
  /** What `now()` is. */
  now: Date;
  row: Row;
  /** The rows that aggregates run over, within `summarize`. */
  group: readonly Row[] | null;
};

/** The parts of a node without keywords, punctuation and the brackets that stand around parts. */
export function partsOf(node: KqlNode): KqlNode[] {
  return node.children.filter(({ kind }) => !/Token$|Keyword$/.test(kind)).map(unwrapped);
}

export function itemsOf(list: KqlNode | undefined): KqlNode[] {
  return (list?.children ?? []).map(unwrapped);
}

function unwrapped(node: KqlNode): KqlNode {
  if (node.kind === 'SeparatedElement') return unwrapped(node.children[0] ?? node);
  return node.kind === 'ParenthesizedExpression' ? (partsOf(node)[0] ?? node) : node;
}

/** As KQL evaluates an expression, for the part of KQL that the workbook and the alerts use. Throws for other parts. */
export function evaluate(node: KqlNode, scope: Scope): Value {
  const parts = partsOf(node);
  const part = (index: number): Value => {
    const found = parts[index];
    if (!found) throw new Error(`${node.text} has no part ${index}`);
    return evaluate(found, scope);
  };
  switch (node.kind) {
    case 'StringLiteralExpression':
      return String(node.value);
    case 'LongLiteralExpression':
    case 'RealLiteralExpression':
      return Number(node.text);
    case 'TimespanLiteralExpression':
      return timespanMs(node.text);
    case 'DateTimeLiteralExpression':
      return new Date(node.text.slice('datetime('.length, -1));
    case 'BetweenExpression': {
      const [from = null, to = null] = partsOf(parts[1] ?? node).map((one) => evaluate(one, scope));
      const value = part(0);
      return value !== null && compare(value, from) >= 0 && compare(value, to) <= 0;
    }
    case 'HasExpression':
      return wordsOf(part(0)).includes(textOf(part(1)).toLowerCase());
    case 'EqualTildeExpression':
      return textOf(part(0)).toLowerCase() === textOf(part(1)).toLowerCase();
    case 'NameReference':
      return scope.row[node.text] ?? null;
    case 'PathExpression': {
      const bag = part(0);
      return isBag(bag) ? (bag[parts[1]?.text ?? ''] ?? null) : null;
    }
    case 'AndExpression':
      return part(0) === true && part(1) === true;
    case 'OrExpression':
      return part(0) === true || part(1) === true;
    case 'InExpression':
    case 'InCsExpression':
    case 'NotInExpression': {
      const folded = (value: Value) => (node.kind === 'InCsExpression' ? textOf(value).toLowerCase() : value);
      const sought = folded(part(0));
      const isIn = itemsOf(parts[1]?.children.find(({ kind }) => kind === 'List')).some(
        (item) => folded(evaluate(item, scope)) === sought,
      );
      return isIn === (node.kind !== 'NotInExpression');
    }
    case 'StartsWithExpression':
      return textOf(part(0))
        .toLowerCase()
        .startsWith(textOf(part(1)).toLowerCase());
    case 'FunctionCallExpression':
      return call(
        parts[0]?.text ?? '',
        itemsOf(parts[1]?.children.find(({ kind }) => kind === 'List')),
        scope,
      );
    default:
      return operate(node.kind, part(0), part(1));
  }
}

function operate(kind: string, left: Value, right: Value): Value {
  const order = compare(left, right);
  const [one, other] = [Number(left), Number(right)];
  const isNothing = left === null || right === null;
  switch (kind) {
    case 'EqualExpression':
      return !isNothing && order === 0;
    case 'NotEqualExpression':
      return isNothing || order !== 0;
    case 'LessThanExpression':
      return !isNothing && order < 0;
    case 'LessThanOrEqualExpression':
      return !isNothing && order <= 0;
    case 'GreaterThanExpression':
      return !isNothing && order > 0;
    case 'GreaterThanOrEqualExpression':
      return !isNothing && order >= 0;
    case 'MultiplyExpression':
      return isNothing ? null : one * other;
    case 'DivideExpression':
      return isNothing || other === 0 ? null : one / other;
    default:
      throw new Error(`${kind} is not evaluated here`);
  }
}

function call(name: string, given: readonly KqlNode[], scope: Scope): Value {
  const aggregate = scope.group && aggregates[name];
  if (aggregate) {
    const rows = scope.group ?? [];
    return aggregate(
      given.map((node) => rows.map((row) => evaluate(node, { ...scope, row, group: null }))),
      rows.length,
    );
  }
  const values = given.map((node) => evaluate(node, scope));
  const [first = null, second = null, third = null] = values;
  switch (name) {
    case 'tostring':
      return textOf(first);
    case 'tolower':
      return textOf(first).toLowerCase();
    case 'parse_json':
      return bagOf(textOf(first));
    case 'toint':
      return first === null || first === '' ? null : Math.trunc(Number(first));
    case 'coalesce':
      return values.find((value) => value !== null && value !== '') ?? null;
    case 'strcat':
      return values.map(textOf).join('');
    case 'replace_string':
      return textOf(first).replaceAll(textOf(second), textOf(third));
    case 'round':
      return first === null ? null : Number(Number(first).toFixed(Number(second ?? 0)));
    case 'isnotempty':
      return first !== null && first !== '';
    case 'isnull':
      return first === null;
    case 'ago':
      return new Date(scope.now.getTime() - Number(first));
    case 'bin':
      return bin(first, Number(second));
    default:
      throw new Error(`${name}() is not evaluated here`);
  }
}

/** Each gets its arguments' values, row by row, and how many rows there are. */
const aggregates: Record<string, (columns: Value[][], rows: number) => Value> = {
  count: (_columns, rows) => rows,
  countif: ([conditions = []]) => conditions.filter((condition) => condition === true).length,
  sum: ([values = []]) => sumOf(values),
  sumif: ([values = [], conditions = []]) =>
    sumOf(values.filter((_value, index) => conditions[index] === true)),
  dcountif: ([values = [], conditions = []]) =>
    new Set(values.filter((_value, index) => conditions[index] === true)).size,
  maxif: ([values = [], conditions = []]) =>
    values
      .filter((value, index) => value !== null && conditions[index] === true)
      .toSorted(compare)
      .at(-1) ?? null,
  max: ([values = []]) =>
    values
      .filter((value) => value !== null)
      .toSorted(compare)
      .at(-1) ?? null,
  min: ([values = []]) => values.filter((value) => value !== null).toSorted(compare)[0] ?? null,
};

function sumOf(values: readonly Value[]): number {
  return values.reduce<number>((sum, value) => sum + Number(value ?? 0), 0);
}

export function compare(left: Value, right: Value): number {
  if (left instanceof Date || typeof left === 'number') return Number(left) - Number(right);
  const [one, other] = [textOf(left), textOf(right)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function wordsOf(value: Value): string[] {
  return textOf(value)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
}

function bagOf(json: string): Bag {
  const bag: Bag = JSON.parse(json);
  return bag;
}

function bin(value: Value, step: number): Value {
  if (value === null) return null;
  const floor = Math.floor(Number(value) / step) * step;
  return value instanceof Date ? new Date(floor) : floor;
}

export function textOf(value: Value): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  return isBag(value) ? JSON.stringify(value) : String(value);
}

function isBag(value: Value): value is Bag {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}

function timespanMs(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const ms = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
  if (ms === undefined) throw new Error(`${text} is not evaluated here`);
  return Number(number) * ms;
}
