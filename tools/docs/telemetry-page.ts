import { telemetryDimensions } from '../../src/adapters/telemetry/telemetry-dimensions.ts';
import {
  dimensionsOf,
  telemetryEvents,
  telemetryMetrics,
  telemetrySpans,
} from '../../src/adapters/telemetry/telemetry-names.ts';
import { madeBy } from './made-by.ts';
import { markdownTable } from './markdown-table.ts';

/** docs/reference/telemetry.md: every name that telemetry has, as markdown. */
export function telemetryPage(): string {
  return `# Telemetry

${madeBy('the list of names that the adapter in `src/adapters/telemetry` sends')}

With the setting \`APPLICATIONINSIGHTS_CONNECTION_STRING\` the service sends these to Application Insights, and no other.
Names stay: saved queries may use them. No key, token, body or web address is sent, and e-mail addresses are taken out
of each text. Telemetry may be lost; the history is the record that counts.

\`\`\`
customEvents | where name == "batch_retry.decision" and customDimensions.jobId == "5637144576"
customMetrics | where name == "batch_retry.deferred" | summarize sum(valueSum) by tostring(customDimensions.cause)
\`\`\`

## Custom events

In the table \`customEvents\`; the dimensions are in \`customDimensions\`, as text.

${markdownTable(
  ['Event', 'What', 'Dimensions'],
  Object.values(telemetryEvents).map((line) => [code(line.name), line.what, codes(dimensionsOf(line))]),
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
  Object.entries(telemetrySpans).map(([name, line]) => [
    code(name),
    line.kind,
    line.what,
    codes(dimensionsOf(line)),
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
