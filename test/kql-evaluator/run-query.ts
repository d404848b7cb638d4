import { compare, evaluate, itemsOf, partsOf, type Row, textOf, type Value } from './expressions.ts';
import { type KqlNode, parseKql } from './kusto.ts';

export type Tables = Readonly<Record<string, readonly Row[]>>;

/**
 * Runs a query on local tables, by the syntax tree of Microsoft's parser: the part of KQL that the workbook and
 * the alerts use, and none other. `now` is what `ago()` counts from.
 */
export function runQuery(query: string, tables: Tables, now: Date): Row[] {
  const { tree, diagnostics } = parseKql(query);
  if (diagnostics.length > 0) throw new Error(diagnostics.join('; '));
  const named: Record<string, readonly Row[]> = { ...tables };
  const tabular = (node: KqlNode): readonly Row[] => {
    switch (node.kind) {
      case 'NameReference': {
        const rows = named[node.text];
        if (!rows) throw new Error(`There is no table ${node.text}`);
        return rows;
      }
      case 'UnionOperator':
        return itemsOf(node.children.filter(({ kind }) => kind === 'List')[1]).flatMap(tabular);
      case 'PipeExpression': {
        const [source, operator] = partsOf(node);
        if (!source || !operator) throw new Error(`${node.text} is incomplete`);
        return apply(operator, tabular(source), tabular, now);
      }
      default:
        throw new Error(`${node.kind} is not run here`);
    }
  };

  let result: readonly Row[] = [];
  const statements = itemsOf(tree.children.filter(({ kind }) => kind === 'List')[1]);
  for (const statement of statements) {
    const [first, second] = partsOf(statement);
    if (statement.kind === 'LetStatement' && first && second) named[first.text] = tabular(second);
    else if (first) result = tabular(first);
  }
  return [...result];
}

function apply(
  operator: KqlNode,
  rows: readonly Row[],
  tabular: (node: KqlNode) => readonly Row[],
  now: Date,
): readonly Row[] {
  const lists = operator.children.filter(({ kind }) => kind === 'List');
  const parts = partsOf(operator).filter(({ kind }) => kind !== 'List');
  const [first, second] = parts;
  const at = (row: Row) => ({ now, row, group: null });
  switch (operator.kind) {
    case 'FilterOperator':
      return rows.filter((row) => first && evaluate(first, at(row)) === true);
    case 'ExtendOperator':
      return rows.map((row) => ({ ...row, ...columns(itemsOf(lists[0]), row, now) }));
    case 'ProjectOperator':
      return rows.map((row) => columns(itemsOf(lists[0]), row, now));
    case 'SortOperator':
      return sorted(rows, itemsOf(lists[1]), now);
    case 'TopOperator':
      return sorted(rows, second ? [second] : [], now).slice(0, Number(first?.text));
    case 'JoinOperator':
      return leftOuter(rows, first ? tabular(first) : [], textOfOn(second));
    case 'SummarizeOperator': {
      const by = parts.find(({ kind }) => kind === 'SummarizeByClause');
      return summarize(
        rows,
        itemsOf(lists[1]),
        itemsOf(by?.children.find(({ kind }) => kind === 'List')),
        now,
      );
    }
    default:
      throw new Error(`${operator.kind} is not run here`);
  }
}

function columns(nodes: readonly KqlNode[], row: Row, now: Date): Row {
  return Object.fromEntries(
    nodes.map((node) => [nameOf(node), evaluate(expressionOf(node), { now, row, group: null })]),
  );
}

/** KQL's own: the name given, that of the column, or of the first argument of bin() or arg_max(). */
function nameOf(node: KqlNode): string {
  if (node.kind === 'SimpleNamedExpression') return partsOf(node)[0]?.text ?? '';
  if (node.kind !== 'FunctionCallExpression') return node.text;
  return itemsOf(partsOf(node)[1]?.children.find(({ kind }) => kind === 'List'))[0]?.text ?? node.text;
}

function expressionOf(node: KqlNode): KqlNode {
  return node.kind === 'SimpleNamedExpression' ? (partsOf(node)[1] ?? node) : node;
}

function sorted(rows: readonly Row[], by: readonly KqlNode[], now: Date): Row[] {
  const keys = by.map((node) => {
    const [expression = node, clause] = partsOf(node);
    return { expression, sign: clause?.text === 'asc' ? 1 : -1 };
  });
  return rows.toSorted((one, other) => {
    for (const { expression, sign } of keys) {
      const [left, right] = [one, other].map((row) => evaluate(expression, { now, row, group: null }));
      const order = compare(left ?? null, right ?? null);
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function textOfOn(clause: KqlNode | undefined): string {
  return itemsOf(clause?.children.find(({ kind }) => kind === 'List'))[0]?.text ?? '';
}

function leftOuter(left: readonly Row[], right: readonly Row[], on: string): Row[] {
  return left.flatMap((row) => {
    const matches = right.filter((other) => compare(other[on] ?? null, row[on] ?? null) === 0);
    return matches.length === 0 ? [row] : matches.map((match) => ({ ...match, ...row }));
  });
}

function summarize(
  rows: readonly Row[],
  aggregates: readonly KqlNode[],
  by: readonly KqlNode[],
  now: Date,
): Row[] {
  const keyed = rows.map((row) => ({ key: columns(by, row, now), row }));
  const groups = Map.groupBy(keyed, ({ key }) => Object.values(key).map(textOf).join('\u0000'));
  if (by.length === 0) groups.set('', keyed);
  return [...groups.values()].map((members) => {
    const group = members.map(({ row }) => row);
    const totals = aggregates.map((node): [string, Value][] => {
      const expression = expressionOf(node);
      if (partsOf(expression)[0]?.text === 'arg_max') return latestOf(expression, group, now);
      return [[nameOf(node), evaluate(expression, { now, row: {}, group })]];
    });
    return { ...members[0]?.key, ...Object.fromEntries(totals.flat()) };
  });
}

/** arg_max(timestamp, …): columns of the row in which the first is greatest. */
function latestOf(call: KqlNode, group: readonly Row[], now: Date): [string, Value][] {
  const given = itemsOf(partsOf(call)[1]?.children.find(({ kind }) => kind === 'List'));
  const [by] = given;
  if (!by) return [];
  const latest = group.reduce<Row | null>((best, row) => {
    if (!best) return row;
    const [held, met] = [best, row].map((one) => evaluate(by, { now, row: one, group: null }));
    return compare(met ?? null, held ?? null) >= 0 ? row : best;
  }, null);
  return Object.entries(latest ? columns(given, latest, now) : {});
}
