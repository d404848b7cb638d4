import { telemetryDimensions } from '../../src/adapters/telemetry/telemetry-dimensions.ts';
import {
  dimensionsOf,
  telemetryEvents,
  telemetryMetrics,
  telemetrySpans,
} from '../../src/adapters/telemetry/telemetry-names.ts';
import { routes } from '../../src/http/routes.ts';
import { allNodes, type KqlNode, parseKql } from './kusto.ts';

const events = Object.fromEntries(
  Object.values(telemetryEvents).map((line) => [line.name, dimensionsOf(line)]),
);
const dimensionsByName: Readonly<Record<string, readonly string[]>> = {
  ...events,
  ...Object.fromEntries(Object.entries(telemetryMetrics).map(([name, line]) => [name, line.dimensions])),
  ...Object.fromEntries(Object.entries(telemetrySpans).map(([name, line]) => [name, dimensionsOf(line)])),
};
const values = new Set([
  ...Object.values(telemetryDimensions).flatMap((dimension) =>
    'values' in dimension ? dimension.values : [],
  ),
  ...routes.map(({ name }) => name),
]);
const tableOf = (name: string) => (name in events ? 'customEvents' : 'customMetrics');

/**
 * What is wrong with a query of the workbook or of an alert, in words: what Microsoft's parser finds, and names and
 * values of telemetry that the code never sends. A parameter stands for what its default gives.
 */
export function problemsOf(query: string): string[] {
  const { tree, diagnostics } = parseKql(withParameters(query));
  const nodes = [...allNodes(tree)];
  const literals = nodes
    .filter(({ kind }) => kind === 'StringLiteralExpression')
    .map(({ value }) => String(value));
  const names = literals.filter((literal) => literal in dimensionsByName);
  const tables = nodes.filter(({ kind }) => kind === 'NameReference').map(({ text }) => text);
  const dimensions = new Set(
    names.length > 0
      ? names.flatMap((name) => dimensionsByName[name] ?? [])
      : Object.keys(telemetryDimensions),
  );
  return [
    ...diagnostics,
    ...literals.filter((literal) => !isKnown(literal)).map((literal) => `"${literal}" is sent nowhere`),
    ...names
      .filter((name) => !tables.includes(tableOf(name)))
      .map((name) => `${name} is not in the tables that are read`),
    ...nodes
      .flatMap(dimensionsIn)
      .filter((dimension) => !dimensions.has(dimension))
      .map((dimension) => `${dimension} is no dimension of ${names.join(' or ')}`),
  ];
}

/** As Azure fills parameters in when nothing is chosen. */
export function withParameters(query: string, grain = '1h'): string {
  return query.replaceAll('{TimeRange:grain}', grain).replaceAll(/\{(Environment|Job)\}/g, "'*'");
}

/** Punctuation, a name, the beginning of one, or what a dimension can be. */
function isKnown(literal: string): boolean {
  if (!/\p{L}/u.test(literal) || literal in dimensionsByName || values.has(literal)) return true;
  return literal.endsWith('.') && Object.keys(dimensionsByName).some((name) => name.startsWith(literal));
}

/** `customDimensions.decision` or `customDimensions["decision"]`. */
function dimensionsIn({ kind, children }: KqlNode): string[] {
  const [of, ...rest] = children;
  if (of?.text !== 'customDimensions') return [];
  if (kind === 'PathExpression') return [rest.at(-1)?.text ?? ''];
  if (kind !== 'ElementExpression') return [];
  return [rest[0]?.children.find((child) => child.kind === 'StringLiteralExpression')?.value].map(String);
}
