import { createRequire } from 'node:module';

/** A node of a query's syntax tree, as Microsoft's parser gives it, without its blanks. */
export type KqlNode = {
  /** Such as `FilterOperator`: a name of Kusto.Language.Syntax.SyntaxKind. */
  kind: string;
  text: string;
  /** The value of a literal. */
  value: unknown;
  children: KqlNode[];
};

export type ParsedQuery = { tree: KqlNode; diagnostics: string[] };

type Syntax = {
  Kind: number;
  ChildCount: number;
  TextStart: number;
  End: number;
  LiteralValue?: unknown;
  GetChild: (index: number) => Syntax | null;
};
type Code = {
  Syntax: Syntax;
  GetDiagnostics: () => List<{ Severity: string; Message: string; Start: number }>;
};
type List<Item> = { Count: number; getItem: (index: number) => Item };
type Language = {
  GlobalState: { Default: { WithDatabase: (database: object) => object } };
  KustoCode: { ParseAndAnalyze: (text: string, globals: object) => Code };
  Symbols: {
    TableSymbol: { $ctor7: new (name: string, schema: string, description: string) => object };
    DatabaseSymbol: { ctor: new (name: string, tables: object[]) => object };
  };
  Syntax: { SyntaxKind: object };
};
type System = { Enum: { toString: (type: object, value: number) => string } };

/**
 * The tables of Application Insights that queries use, and their columns:
 * https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete
 */
const common =
  'timestamp: datetime, itemType: string, customDimensions: dynamic, customMeasurements: dynamic, operation_Name: string, operation_Id: string, operation_ParentId: string, cloud_RoleName: string, cloud_RoleInstance: string, application_Version: string, itemId: string, itemCount: int';
const called =
  'id: string, name: string, success: string, resultCode: string, duration: real, performanceBucket: string';
const tables: Readonly<Record<string, string>> = {
  customEvents: `name: string, ${common}`,
  customMetrics: `name: string, value: real, valueCount: int, valueSum: real, valueMin: real, valueMax: real, valueStdDev: real, ${common}`,
  requests: `source: string, url: string, ${called}, ${common}`,
  dependencies: `target: string, type: string, data: string, ${called}, ${common}`,
  traces: `message: string, severityLevel: int, ${common}`,
  exceptions: `problemId: string, type: string, method: string, outerMessage: string, innermostMessage: string, severityLevel: int, details: dynamic, ${common}`,
  AppExceptions:
    'TimeGenerated: datetime, Type: string, ProblemId: string, OuterMessage: string, OuterType: string, Properties: dynamic',
  AppEvents: 'TimeGenerated: datetime, Type: string, Name: string, Properties: dynamic',
};

let loaded: { language: Language; system: System; database: object } | undefined;

/** Parses and checks a query against the tables. */
export function parseKql(query: string): ParsedQuery {
  loaded ??= load();
  const { language, system, database } = loaded;
  const { KustoCode, Syntax } = language;
  const code = KustoCode.ParseAndAnalyze(query, database);
  const found = code.GetDiagnostics();
  const diagnostics = Array.from({ length: found.Count }, (_, index) => found.getItem(index));
  return {
    tree: toNode(query, code.Syntax, (kind) => system.Enum.toString(Syntax.SyntaxKind, kind)),
    diagnostics: diagnostics.map(({ Severity, Message, Start }) => `${Severity} at ${Start}: ${Message}`),
  };
}

/** The parser is compiled from C#, and defines globals. */
function load(): NonNullable<typeof loaded> {
  const require = createRequire(import.meta.url);
  void require('@kusto/language-service-next/bridge.min.js');
  void require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const { Language: language }: { Language: Language } = Reflect.get(globalThis, 'Kusto');
  const system: System = Reflect.get(globalThis, 'System');
  const { GlobalState, Symbols } = language;
  const declared = Object.entries(tables).map(
    ([name, columns]) => new Symbols.TableSymbol.$ctor7(name, `(${columns})`, ''),
  );
  const database = new Symbols.DatabaseSymbol.ctor('ApplicationInsights', declared);
  return { language, system, database: GlobalState.Default.WithDatabase(database) };
}

function toNode(query: string, syntax: Syntax, nameOf: (kind: number) => string): KqlNode {
  const children = Array.from({ length: syntax.ChildCount }, (_, index) => syntax.GetChild(index));
  return {
    kind: nameOf(syntax.Kind),
    text: query.slice(syntax.TextStart, syntax.End),
    value: syntax.LiteralValue ?? null,
    children: children.filter((child) => child !== null).map((child) => toNode(query, child, nameOf)),
  };
}

/** The node and all below it. */
export function* allNodes(node: KqlNode): Generator<KqlNode> {
  yield node;
  for (const child of node.children) yield* allNodes(child);
}
