import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { failureOutcomes, runOutcomes } from '../../src/domain/job/outcomes.ts';
import { announcementMeanings } from '../../src/ports/announcement-meanings.ts';
import { docFigures } from '../../tools/docs/doc-figures.ts';
import { explorePhases } from '../../tools/docs/explore-phases.ts';
import { withBlock } from '../../tools/docs/generated-block.ts';
import { brokenLinks } from '../../tools/docs/markdown.ts';
import { withoutDetours } from '../../tools/docs/rooms-picture.ts';

const root = mkdtempSync(join(tmpdir(), 'batch-retry-docs-'));
mkdirSync(join(root, 'docs'));
afterAll(() => rmSync(root, { recursive: true }));

test('a link to no file, and one to no heading of a file, are found', () => {
  writeFileSync(
    join(root, 'docs/other.md'),
    '# Other\n\n## A heading: with `code`\n\n```\n# no heading\n```\n',
  );
  const links = ['docs/other.md', 'docs/other.md#a-heading-with-code', '#page', 'https://example.com/'];
  const broken = ['docs/gone.md', 'docs/other.md#no-heading', '#no-such'];
  writeFileSync(
    join(root, 'page.md'),
    `# Page\n\n${[...links, ...broken].map((to) => `[x](${to})`).join(' ')}\n`,
  );
  expect(brokenLinks(root, ['page.md'])).toEqual(broken.map((to) => `page.md: ${to} leads nowhere`));
});

test('too many words, and a cell that is too long, are found; a part that is made does not count', () => {
  const made = `<!-- made by npm run generate: x -->\n\n${'made '.repeat(20_000)}\n\n<!-- end -->`;
  writeFileSync(join(root, 'README.md'), `# R\n\n| a | ${'x'.repeat(121)} |\n\n${made}\n`);
  expect(docFigures(root).problems).toEqual(['longest cell of README: 121, at most 120']);
  writeFileSync(join(root, 'README.md'), 'word '.repeat(901));
  expect(docFigures(root).problems).toEqual(['words of README: 901, at most 900']);
  writeFileSync(join(root, 'README.md'), 'word '.repeat(10));
  writeFileSync(join(root, 'docs/other.md'), 'word '.repeat(16_000));
  expect(docFigures(root).problems).toEqual([expect.stringContaining('words by hand')]);
});

test('a block that is not there, or there twice, is refused', () => {
  const block = { page: 'p.md', name: 'n', content: 'new' };
  const empty = '<!-- made by npm run generate: n -->\nold\n<!-- end -->';
  expect(withBlock(`a\n${empty}\nb`, block)).toBe(
    'a\n<!-- made by npm run generate: n -->\n\nnew\n\n<!-- end -->\nb',
  );
  expect(() => withBlock('a', block)).toThrow('once');
  expect(() => withBlock(empty + empty, block)).toThrow('once');
});

test('an import that follows from others is left out of the picture', () => {
  const rooms = new Map([
    ['a', new Set(['b', 'c'])],
    ['b', new Set(['c'])],
    ['c', new Set<string>()],
  ]);
  expect(withoutDetours(rooms)).toEqual([
    ['a', 'b'],
    ['b', 'c'],
  ]);
});

test('the page names as announced what the state machine announces, and no other', () => {
  const outcomes = new Set<string>([...failureOutcomes, ...runOutcomes]);
  const described = Object.keys(announcementMeanings).filter((kind) => outcomes.has(kind));
  const announced = new Set(explorePhases().flatMap(({ announced }) => announced));
  expect(described.toSorted()).toEqual([...announced].toSorted());
});
