import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutBlocks } from './generated-block.ts';
import { pagesOf } from './markdown.ts';
import { pages as generatedPages } from './pages.ts';

/** How much a reader has to read, and where it is too much. */
export type DocFigures = { line: string; problems: string[] };

const readme = 'README.md';
const bars = { readmeWords: 900, handWords: 16_000, readmeCell: 120 };

/** Words of README and of all that is written by hand, and README's longest cell of a table. */
export function docFigures(root: string): DocFigures {
  const read = (page: string) => withoutBlocks(readFileSync(join(root, page), 'utf8'));
  const byHand = pagesOf(root).filter((page) => page !== 'CHANGELOG.md' && !(page in generatedPages));
  const readmeWords = wordsIn(read(readme));
  const handWords = byHand.reduce((sum, page) => sum + wordsIn(read(page)), 0);
  const readmeCell = Math.max(0, ...cellsIn(read(readme)).map((cell) => cell.length));
  const figures = { readmeWords, handWords, readmeCell };
  const names = {
    readmeWords: 'words of README',
    handWords: 'words by hand',
    readmeCell: 'longest cell of README',
  };
  const shown = keysOf(bars).map((key) => `${names[key]} ${figures[key]} of ${bars[key]}`);
  const problems = keysOf(bars)
    .filter((key) => figures[key] > bars[key])
    .map((key) => `${names[key]}: ${figures[key]}, at most ${bars[key]}`);
  return { line: shown.join(', '), problems };
}

function keysOf<Key extends string>(object: Record<Key, unknown>): Key[] {
  const isKey = (key: string): key is Key => key in object;
  return Object.keys(object).filter(isKey);
}

/** What stands between blanks and has a letter or a digit: not the lines of tables. */
function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function cellsIn(text: string): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('|') && !/^[|\s-]+$/.test(line));
  return rows.flatMap((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
