import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import * as z from 'zod';
import { importSchemas } from '../src/cli/schema-import/import-schemas.ts';
import { parseLosslessJson } from '../src/events/lossless-json.ts';
import { policyDocument } from '../src/settings/policy-document.ts';
import { alertRules } from './azure/alert-rules.ts';
import { workbook } from './azure/workbook/workbook.ts';
import { withBlock } from './docs/generated-block.ts';
import { pages, blocks } from './docs/pages.ts';
import { functionKeyProperties } from './power-platform/function-key-properties.ts';

/** Writes the files that code is the source of; with `--check`, says which are out of step and exits with 1. */
const generated: [file: string, content: string][] = [
  ['schemas/retry-policy.schema.json', await policySchema()],
  ['schemas/batch-job-failed.schema.json', await shippedSchema()],
  ['infra/alerts.json', await formatted(JSON.stringify(alertRules), 'json')],
  [
    'connector/apiProperties.function-key.json',
    functionKeyProperties(read('connector/apiProperties.json') ?? ''),
  ],
  ['infra/workbook.json', await formatted(JSON.stringify(workbook()), 'json')],
  ...(await Promise.all(
    Object.entries(pages).map(async ([file, page]): Promise<[string, string]> => [
      file,
      await formatted(await page(), 'markdown'),
    ]),
  )),
  ...(await pagesWithBlocks()),
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

/** Pages that are written by hand but for their blocks. */
function pagesWithBlocks(): Promise<[file: string, content: string][]> {
  return Promise.all(
    [...Map.groupBy(blocks(), ({ page }) => page)].map(async ([file, ofPage]): Promise<[string, string]> => {
      const made = ofPage.reduce((text, block) => withBlock(text, block), read(file) ?? '');
      return [file, await formatted(made, 'markdown')];
    }),
  );
}
