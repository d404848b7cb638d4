import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import * as z from 'zod';
import { importSchemas } from '../src/cli/schema-import/import-schemas.ts';
import type { NotTaken } from '../src/domain/outcome.ts';
import { deferralMs } from '../src/domain/retry-policy/backoff.ts';
import { parseLosslessJson } from '../src/events/lossless-json.ts';
import { policyDocument } from '../src/settings/policy-document.ts';
import { alertRules } from './alert-rules.ts';
import { commandsPage } from './commands-page.ts';
import { faultsPage } from './faults-page.ts';
import { functionKeyProperties } from './function-key-properties.ts';
import { hostsPage } from './hosts-page.ts';
import { markdownTable } from './markdown-table.ts';
import { standsPage } from './stands-page.ts';
import { telemetryPage } from './telemetry-page.ts';
import { workbook } from './workbook/workbook.ts';

/** Writes the files that code is the source of; with `--check`, says which are out of step and exits with 1. */
const generated: [file: string, content: string][] = [
  ['schemas/retry-policy.schema.json', await policySchema()],
  ['schemas/batch-job-failed.schema.json', await shippedSchema()],
  ['docs/delays.md', await delays()],
  ['docs/what-still-stands.md', await formatted(standsPage(), 'markdown')],
  [
    'docs/develop/commands.md',
    await formatted(
      commandsPage((file) => read(file) ?? ''),
      'markdown',
    ),
  ],
  ['docs/reference/hosts.md', await formatted(hostsPage(), 'markdown')],
  ['docs/fno-faults.md', await formatted(faultsPage(), 'markdown')],
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
    [
      'F&O is not available (503, 409, 412, 423, 425; for a read also 502, 504)',
      { kind: 'unavailable', retryAfterMs: null, answer },
    ],
    ['No connection (refused, DNS, TLS)', { kind: 'not-sent', cause: 'connection', answer }],
    ['No token (the token endpoint fails or hangs)', { kind: 'not-sent', cause: 'token', answer }],
    ['Sign-in refused (such as an expired secret)', { kind: 'sign-in-refused', answer }],
    ['Token not accepted (401), also after renewal', { kind: 'unauthorized', answer }],
    ['No permission (403), or a redirect', { kind: 'misconfigured', answer }],
  ];
  const tries = [0, 1, 2, 3, 5, 8];
  const cells = ([when, outcome]: (typeof rows)[number]) => [
    when,
    ...tries.map((number) => `${deferralMs(outcome, number, 0) / 1000} s`),
  ];
  const head = ['', ...tries.map((number) => `deferral ${number + 1}`)];
  const text = `# How long a deferral lasts

What F&O cannot take now is tried again after this long. Up to a quarter is added at random where the delay
doubles, so that many jobs do not come back at once. A failed read of a job is deferred in the same way. Made by
\`npm run generate\` from [src/domain/retry-policy/backoff.ts](../src/domain/retry-policy/backoff.ts).

${markdownTable(head, rows.map(cells))}

A request whose answer was lost, or was 502 or 504, is not deferred so: F&O may have acted. The job is read 35 s after
the request, and while that proves nothing, every 45 s for three minutes; then another request is sent. If answers are
lost again and again, the next request waits for 30 s, doubling up to 30 minutes. A job for
which F&O answers 404 is read again after 60 s. What the circuit breaker or the rate limit holds back comes at a
random time in the minute after it may be sent.
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
