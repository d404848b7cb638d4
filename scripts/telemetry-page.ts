import { telemetryDimensions } from '../src/adapters/telemetry/telemetry-dimensions.ts';
import {
  telemetryEvents,
  telemetryMetrics,
  telemetrySpans,
} from '../src/adapters/telemetry/telemetry-names.ts';
import { markdownTable } from './markdown-table.ts';

/** docs/telemetry-names.md: every name that telemetry has, as markdown. */
export function telemetryPage(): string {
  return `# Names in telemetry

Every name that the service sends to Application Insights, and no other. Names stay: saved queries may use them.
Made by \`npm run generate\` from [src/adapters/telemetry/telemetry-names.ts](../src/adapters/telemetry/telemetry-names.ts). How to use them:
[telemetry.md](telemetry.md).

## Custom events

In the table \`customEvents\`; the dimensions are in \`customDimensions\`, as text.

${markdownTable(
  ['Event', 'What', 'Dimensions'],
  Object.entries(telemetryEvents).map(([name, { what, dimensions }]) => [
    code(name),
    what,
    codes(dimensions),
  ]),
)}

## Metrics

In the table \`customMetrics\`, once a minute. A counter has the number since the minute before in \`valueSum\`. A
histogram has \`valueSum\`, \`valueCount\`, \`valueMin\` and \`valueMax\`. A gauge has the latest value.

${markdownTable(
  ['Metric', 'Kind', 'Unit', 'What', 'Dimensions'],
  Object.entries(telemetryMetrics).map(([name, { kind, unit, what, dimensions }]) => [
    code(name),
    kind,
    code(unit),
    what,
    codes(dimensions),
  ]),
)}

## Spans

The steps of a trace: in the table \`requests\` those of kind server, otherwise in \`dependencies\`. Each request for a
route has one too, named as the route.

${markdownTable(
  ['Span', 'Kind', 'What', 'Dimensions'],
  Object.entries(telemetrySpans).map(([name, { kind, what, dimensions }]) => [
    code(name),
    kind,
    what,
    codes(dimensions),
  ]),
)}

## Dimensions

${markdownTable(
  ['Dimension', 'What', 'Values'],
  Object.entries(telemetryDimensions).map(([name, dimension]) => [
    code(name),
    dimension.what,
    'values' in dimension ? codes(dimension.values) : '',
  ]),
)}
`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ');
}
