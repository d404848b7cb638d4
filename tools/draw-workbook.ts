import { writeFileSync } from 'node:fs';
import { withParameters } from '../test/kql-evaluator/check-names.ts';
import { runQuery } from '../test/kql-evaluator/run-query.ts';
import { tablesOf } from '../test/kql-evaluator/tables-of.ts';
import { drawTile, heightOf } from './azure/workbook/draw-tile.ts';
import { playTwoDays } from './azure/workbook/play-two-days.ts';
import { ink, rect, text } from './azure/workbook/svg.ts';
import type { Section } from './azure/workbook/tile.ts';
import { sections } from './azure/workbook/workbook.ts';

/**
 * Draws docs/workbook.svg: the workbook's layout with what two days on the simulated F&O gave. Its queries are run
 * here on local tables; Azure's own drawing differs.
 */
const file = 'docs/workbook.svg';
const page = { width: 1240, margin: 20, gap: 10 };

const { taken, end } = await playTwoDays();
const tables = tablesOf(taken);
const period = { start: new Date(Math.floor(end.getTime() / 3_600_000) * 3_600_000 - 48 * 3_600_000), end };

const drawn: string[] = [
  text(page.margin, 34, 'Batch retry', { size: 20, weight: 600 }),
  text(page.margin, 58, 'Time: last 48 hours    Environment: All    Batch job: All', { fill: ink.quiet }),
];
let top = 76;
for (const section of sections) drawSection(section);

const height = top + page.margin;
writeFileSync(
  file,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${page.width} ${height}" font-family="Segoe UI, Helvetica, Arial, sans-serif">
<title>The workbook's layout with two days on the simulated F&amp;O</title>
${rect(0, 0, page.width, height, ink.page)}
${drawn.join('\n')}
</svg>
`,
);
console.log(`${file}: ${page.width} × ${height}`);
process.exit(0);

function drawSection({ title, about, tiles }: Section): void {
  drawn.push(
    text(page.margin, top + 20, title, { size: 16, weight: 600 }),
    text(page.margin, top + 38, about, { fill: ink.quiet }),
  );
  top += 48;
  for (const row of rowsOf(tiles)) {
    const filled = row.map((tile) => ({ tile, rows: runQuery(withParameters(tile.query), tables, end) }));
    const height = Math.max(...filled.map(({ tile, rows }) => heightOf(tile, rows)));
    let x = page.margin;
    for (const { tile, rows } of filled) {
      const width = (page.width - 2 * page.margin) * partOf(tile.width) - page.gap;
      drawn.push(...drawTile(tile, rows, { x, y: top, width, height }, period));
      x += width + page.gap;
    }
    top += height + page.gap;
  }
  top += page.gap;
}

/** Of the page's width; the third part is not quite 33 percent. */
function partOf(percent: number): number {
  return percent === 33 ? 1 / 3 : percent === 67 ? 2 / 3 : percent / 100;
}

/** As many tiles beside each other as fit. */
function rowsOf(tiles: Section['tiles']): Section['tiles'][number][][] {
  const rows: Section['tiles'][number][][] = [];
  let used = 100;
  for (const tile of tiles) {
    if (used + tile.width > 100) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(tile);
    used += tile.width;
  }
  return rows;
}
