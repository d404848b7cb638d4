import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/settings/config.ts';
import { everyJobJson, needed, problemWith } from './needed-settings.ts';

test('RETRY_POLICY may be the path of a policy', () => {
  const path = fileURLToPath(new URL('../fixtures/retry-policy.json', import.meta.url));
  expect(readConfig({ ...needed, RETRY_POLICY: path }, 'local').policy).toMatchObject([
    { name: 'Nightly posting', maxRetries: 3, match: { jobIds: ['5637144576'] } },
    { name: 'Everything else', mode: 'shadow', match: { jobIds: '*' } },
  ]);
});

test('a policy file may begin with a byte-order mark, as Windows editors write it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'));
  try {
    const path = join(folder, 'policy.json');
    writeFileSync(path, `\uFEFF${everyJobJson}`);
    expect(readFileSync(path).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(readConfig({ ...needed, RETRY_POLICY: path }, 'local').policy).toMatchObject([
      { name: 'Every job' },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a policy file that is not there is named', () => {
  expect(problemWith({ RETRY_POLICY: 'nowhere/policy.json' })).toBe(
    'RETRY_POLICY: found no readable file "nowhere/policy.json"; expected the path of the policy, or its JSON.',
  );
  expect(problemWith({ RETRY_POLICY: undefined })).toMatch(
    /^RETRY_POLICY: found no readable file "retry-policy\.json"/,
  );
});

test('a problem in a policy names its place, and the file if it is one', () => {
  expect(problemWith({ RETRY_POLICY: '{"jobs":[{"name":"a","match":{"environment":"uat"}}]}' })).toBe(
    'RETRY_POLICY: at jobs[0].match.environment: "uat" is not configured; known: default.',
  );
  const path = fileURLToPath(new URL('../fixtures/batch-job-failed.json', import.meta.url));
  expect(problemWith({ RETRY_POLICY: path }).split('\n')).toContain(
    `RETRY_POLICY, file ${path}: at jobs: Invalid input: expected array, received undefined.`,
  );
});

test.each([
  '{"jobs":[{"name":"hunter2","match":{}}]}',
  '{"jobs":[{"name":"hunter2"',
  '{"jobs":"hunter2"}',
  '[{"name":"hunter2","match":{"jobId":"*"}}]',
  '"hunter2"',
])('the content of a policy that is given as JSON is not printed: %s', (content) => {
  const problem = problemWith({ RETRY_POLICY: content });
  expect(problem).toMatch(/^RETRY_POLICY: /);
  expect(problem).not.toContain('hunter2');
});
