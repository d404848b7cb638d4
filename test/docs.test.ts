import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failureOutcomes, runOutcomes } from '../src/domain/job/outcomes.ts';
import { routes } from '../src/http/routes.ts';
import type { StoreSetting } from '../src/ports/store.ts';
import { readConfig } from '../src/settings/config.ts';
import { parsePolicyDocument } from '../src/settings/policy-document.ts';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  'CHANGELOG.md',
  'connector/README.md',
  ...globSync('docs/**/*.md', { cwd: root }),
];

describe.each(pages)('%s', (page) => {
  test('every relative link leads to a file, and to a heading of it', () => {
    const broken = linksOf(read(page)).filter((link) => !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });

  test('every example that is marked as JSON is JSON', () => {
    for (const example of fences(read(page), 'json')) expect(JSON.parse(example)).toBeTypeOf('object');
  });

  test('every npm command that it names is a script of package.json', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
    const named = [...read(page).matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      ([, run, short]) => run ?? short ?? '',
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe.each(['README.md', 'docs/policy.md'])('%s', (page) => {
  const policies = fences(read(page), 'json').filter((example) => 'jobs' in JSON.parse(example));

  test('has an example of a policy', () => {
    expect(policies).not.toEqual([]);
  });

  test.each(policies)('a policy that it gives as an example is taken: %s', (policy) => {
    expect(parsePolicyDocument(policy, ['prod', 'uat'])).toMatchObject({ ok: true });
  });
});

describe('docs/problems.md', () => {
  const source = read('src/http/problem.ts');
  const table = between(source, 'const problems = {', '} as const');
  const kinds = [...table.matchAll(/^ {2}'?([a-z-]+)'?: \{ status: (\d{3})/gm)].map(([, kind, status]) => ({
    kind,
    status,
  }));

  test('has a heading for each problem, in their order, and no other', () => {
    expect(kinds.length).toBeGreaterThan(5);
    expect(headings(read('docs/problems.md'), 2)).toEqual(kinds.map(({ kind }) => kind));
  });

  test.each(kinds)('tells that $kind comes with status $status', ({ kind, status }) => {
    expect(read('docs/problems.md')).toContain(`## ${kind}\n\nStatus ${status}`);
  });
});

describe('the settings in README.md', () => {
  const rows = [...read('README.md').matchAll(/^\| `([A-Z][A-Z_]+)` +\|.*\|(.*)\|$/gm)];

  test('are those that the service reads, in their order', () => {
    const table = between(read('src/settings/config.ts'), 'const settings = z.object({', '\n});');
    const names = [...table.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(rows.map(([, name]) => name)).toEqual(names);
  });

  test('have the defaults that the service takes', () => {
    const given = { FNO_ORG_URL: 'https://contoso.operations.dynamics.com', RETRY_POLICY: '{"jobs":[]}' };
    const config = readConfig(given, 'local');
    const defaults: [setting: string, value: string][] = [
      ['STORE', storeSetting(config.store)],
      ['STORE', storeSetting(readConfig(given, 'azure').store)],
      ['RESPONSE_BUDGET_MS', String(config.responseBudgetMs)],
      ['REQUEUES_PER_MINUTE', String(config.requeuesPerMinute)],
      ['FAILED_EVENT_ID', config.eventIds.failed],
      ['FINISHED_EVENT_ID', config.eventIds.finished],
      ['STARTED_EVENT_ID', config.eventIds.started],
      ['CANCELLED_EVENT_ID', config.eventIds.cancelled],
      ['HOST', config.host],
      ['PORT', String(config.port)],
    ];
    const missing = defaults.filter(
      ([setting, value]) => !rows.find(([, name]) => name === setting)?.[2]?.includes(`\`${value}\``),
    );
    expect(missing).toEqual([]);
  });
});

test('docs/policy.md has a row for each key of a policy, in their order, and no other', () => {
  const { properties }: PolicySchema = JSON.parse(read('schemas/retry-policy.schema.json'));
  const rows = [...read('docs/policy.md').matchAll(/^\| `([$\w]+)` +\| (?:top|entry|entry, defaults) +\|/gm)];
  const keys = [...Object.keys(properties), ...Object.keys(properties.jobs.items.properties)];
  expect(keys.length).toBeGreaterThan(5);
  expect(rows.map(([, key]) => key)).toEqual(keys);
});

test('docs/glossary.md explains each decision and each end of a run', () => {
  const words = [...failureOutcomes, ...runOutcomes];
  const glossary = read('docs/glossary.md');
  expect(words.filter((word) => !glossary.includes(`**${word}**: `))).toEqual([]);
});

test('docs/http.md has a heading with the method for each route, and no other', () => {
  const documented = headings(read('docs/http.md'), 2).filter((heading) => heading.startsWith('`'));
  expect(documented).toEqual(routes.map(({ method, path }) => `\`${method} /${path}\``));
});

type PolicySchema = {
  properties: { jobs: { items: { properties: object } } } & Record<string, unknown>;
};

/** As the setting STORE is written. */
function storeSetting(store: StoreSetting): string {
  return store.kind === 'sqlite' ? `sqlite:${store.file}` : store.kind;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`There is no ${JSON.stringify(start)} … ${JSON.stringify(end)}`);
  return text.slice(from + start.length, to);
}

function fences(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , content]) => content ?? '');
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```.*?^```$/gms, '');
}

function headings(markdown: string, level: number): string[] {
  const pattern = new RegExp(`^#{${level}} (.+)$`, 'gm');
  return [...withoutCode(markdown).matchAll(pattern)].map(([, heading]) => heading ?? '');
}

/** Targets of links and of link definitions, without those to the web. */
function linksOf(markdown: string): string[] {
  const targets = withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm);
  return [...targets].map(([, inline, defined]) => inline ?? defined ?? '').filter((to) => !/^\w+:/.test(to));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || anchorsOf(read(file)).has(anchor);
}

/** As GitHub makes them: lower case, punctuation dropped, blanks to hyphens. */
function anchorsOf(markdown: string): Set<string> {
  const all = [1, 2, 3, 4].flatMap((level) => headings(markdown, level));
  return new Set(
    all.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    ),
  );
}
