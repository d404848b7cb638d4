import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../../schemas/retry-policy.schema.json' with { type: 'json' };
import { parsePolicyDocument } from '../../src/settings/policy-document.ts';

export const environments = ['default', 'prod'];
export const acceptedBySchema = new Ajv2020({ strict: true }).compile(schema);

/** A policy as a person may write it. */
export const writtenPolicy = readFileSync(new URL('../fixtures/retry-policy.json', import.meta.url), 'utf8');

/** A policy of one entry for every job. */
export function oneEntry(more: object) {
  return { jobs: [{ name: 'a', match: { jobId: '*' }, ...more }] };
}

export function oneMatch(match: object) {
  return { jobs: [{ name: 'a', match }] };
}

export function entriesOf(document: unknown) {
  const result = parsePolicyDocument(JSON.stringify(document), environments);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.entries;
}
