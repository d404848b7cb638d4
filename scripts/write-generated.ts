import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import * as z from 'zod';
import { importSchemas } from '../src/events/import-schemas.ts';
import { parseLosslessJson } from '../src/events/lossless-json.ts';
import { deferralMs } from '../src/policy/backoff.ts';
import type { NotTaken } from '../src/policy/outcome.ts';
import { policyDocument } from '../src/policy-document.ts';
import { alertRules } from './alert-rules.ts';
import { functionKeyProperties } from './function-key-properties.ts';
import { telemetryPage } from './telemetry-page.ts';
import { workbook } from './workbook/workbook.ts';

/** Writes the files that code is the source of; with `--check`, says which are out of step and exits with 1. */
const generated: [file: string, content: string][] = [
  ['schemas/retry-policy.schema.json', await policySchema()],
  ['schemas/batch-job-failed.schema.json', await shippedSchema()],
  ['docs/delays.md', await delays()],
  ['docs/telemetry-names.md', await formatted(telemetryPage(), 'markdown')],
  ['infra/alerts.json', await formatted(JSON.stringify(alertRules), 'json')],
  [
    'connector/apiProperties.function-key.json',
    functionKeyProperties(read('connector/apiProperties.json') ?? ''),
  ],
  ['infra/workbook.json', await formatted(JSON.stringify(workbook()), 'json')],
];

const isCheck = process.argv.includes('--check');
for (const [file, content] of generated) {
  if (!isCheck) {
    writeFileSync(file, content);
  } else if (read(file) !== content) {
    console.error(`${file} is out of step: run npm run generate`);
    process.exitCode = 1;
  }
}

function policySchema(): Promise<string> {
  const schema = {
    $id: 'retry-policy.schema.json',
    title: 'Retry policy',
    ...z.toJSONSchema(policyDocument, { io: 'input' }),
  };
  return formatted(JSON.stringify(schema), 'json');
}

/** The schema that serves events which have none of their own. */
function shippedSchema(): Promise<string> {
  const sample = parseLosslessJson(read('schemas/batch-job-failed.sample.json') ?? '');
  const options = { event: undefined, version: undefined, strict: false, fileName: '' };
  const result = importSchemas(sample.ok ? [sample.value] : [], options);
  const schema = result.kind === 'imported' ? result.imports[0]?.schema : undefined;
  if (!schema) throw new Error('schemas/batch-job-failed.sample.json cannot be imported');
  return formatted(JSON.stringify({ ...schema, $id: 'batch-job-failed.schema.json' }), 'json');
}

function delays(): Promise<string> {
  const answer = { status: null, isSuccess: null, message: null };
  const rows: [when: string, outcome: NotTaken][] = [
    ['F&O throttles (429) with Retry-After: 120', { kind: 'throttled', retryAfterMs: 120_000, answer }],
    ['F&O throttles (429) without Retry-After', { kind: 'throttled', retryAfterMs: null, answer }],
    ['F&O is not available (502, 503, 504)', { kind: 'unavailable', retryAfterMs: null, answer }],
    ['No connection (refused, DNS, TLS)', { kind: 'not-sent', cause: 'connection', answer }],
    ['No token (the token endpoint fails or hangs)', { kind: 'not-sent', cause: 'token', answer }],
    ['Token not accepted (401), also after renewal', { kind: 'unauthorized', answer }],
    ['No permission (403), or a redirect', { kind: 'misconfigured', answer }],
  ];
  const tries = [0, 1, 2, 3, 5, 8];
  const cells = ([when, outcome]: (typeof rows)[number]) => [
    when,
    ...tries.map((number) => `${deferralMs(outcome, number, 0) / 1000} s`),
  ];
  const table = [
    ['', ...tries.map((number) => `deferral ${number + 1}`)],
    tries.map(() => '---').concat('---'),
    ...rows.map(cells),
  ];
  const text = `# How long a deferral lasts

What F&O cannot take now is tried again after this long. Up to a quarter is added at random where the delay
doubles, so that many jobs do not come back at once. Made by \`npm run generate\` from
[src/policy/backoff.ts](../src/policy/backoff.ts).

${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}

A request whose fate is not known is looked at again after 30 s, by the job's status in F&O.
`;
  return formatted(text, 'markdown');
}

async function formatted(text: string, parser: string): Promise<string> {
  return format(text, { ...(await resolveConfig('package.json')), parser });
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
