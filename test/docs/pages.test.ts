import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problems } from '../../src/http/problem.ts';
import { parsePolicyDocument } from '../../src/settings/policy-document.ts';
import { codeBlocks, pagesOf } from '../../tools/docs/markdown.ts';

const pages = pagesOf('.');
const read = (page: string) => readFileSync(page, 'utf8');

describe.each(pages)('%s', (page) => {
  test('every example that is marked as JSON is JSON', () => {
    for (const example of codeBlocks(read(page), 'json')) expect(JSON.parse(example)).toBeTypeOf('object');
  });

  test('every npm command that it names is a script of package.json', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
    const named = [...read(page).matchAll(/npm (?:run ([\w-]+(?::[\w-]+)*)|(start|test)\b)/g)].map(
      ([, run, short]) => run ?? short ?? '',
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('every problem that it names in a link is one', () => {
    const named = [...read(page).matchAll(/problems\.md#([\w-]+)/g)].map(([, kind = '']) => kind);
    expect(named.filter((kind) => !(kind in problems))).toEqual([]);
  });
});

describe.each(['README.md', 'docs/operate/policy.md', 'docs/operate/deploy.md'])('%s', (page) => {
  const policies = codeBlocks(read(page), 'json').filter((example) => 'jobs' in JSON.parse(example));

  test('has an example of a policy', () => {
    expect(policies).not.toEqual([]);
  });

  test.each(policies)('a policy that it gives as an example is taken: %s', (policy) => {
    expect(parsePolicyDocument(policy, ['prod', 'uat'])).toMatchObject({ ok: true });
  });
});

test('every test file that is said to keep a promise is there', () => {
  const files = new Set(globSync('test/**/*.ts').map((file) => basename(file).replace(/(\.test)?\.ts$/, '')));
  const [, promises = ''] = read('docs/develop/testing.md').split('## Promises');
  const named = [...promises.matchAll(/^\|.*\|(.*)\|$/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !files.has(name))).toEqual([]);
});

test('the index of the decisions names each of them, and no other', () => {
  const index = read('docs/develop/decisions/README.md');
  const named = [...index.matchAll(/\]\((\d{4}-[\w-]+\.md)\)/g)].map(([, file = '']) => file);
  const there = globSync('[0-9]*.md', { cwd: 'docs/develop/decisions' });
  expect(named.toSorted()).toEqual(there.toSorted());
});
