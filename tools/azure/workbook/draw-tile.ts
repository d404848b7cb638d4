import { type Row, textOf, type Value } from '../../../test/kql-evaluator/expressions.ts';
import { circle, fitted, ink, line, palette, rect, text } from './svg.ts';
import type { Tile } from './tile.ts';

export type Box = { x: number; y: number; width: number; height: number };
export type Period = { start: Date; end: Date };

const rowHeight = 20;
const maxRows = 9;
const heightOfChart = 190;

/** How high a tile is drawn, in pixels. */
export function heightOf({ visualization }: Tile, rows: readonly Row[]): number {
  if (visualization === 'tiles') return 110;
  if (visualization !== 'table') return heightOfChart;
  return 58 + Math.max(Math.min(rows.length, maxRows + 1), 1) * rowHeight;
}

/** A tile with its title, as the workbook has it. */
export function drawTile(
  { title, visualization, ifNone }: Tile,
  rows: readonly Row[],
  box: Box,
  period: Period,
) {
  const { x, y, width, height } = box;
  const inner = { x: x + 12, y: y + 32, width: width - 24, height: height - 42 };
  const frame = [
    rect(x, y, width, height, ink.card, ink.line),
    text(x + 12, y + 20, fitted(title, width - 24, 13), { size: 13, weight: 600 }),
  ];
  if (rows.length === 0) return [...frame, text(inner.x, inner.y + 18, ifNone, { fill: ink.quiet })];
  if (visualization === 'tiles') return [...frame, ...tiles(rows, inner)];
  return [
    ...frame,
    ...(visualization === 'table' ? table(rows, inner) : chart(visualization, rows, inner, period)),
  ];
}

function tiles(rows: readonly Row[], { x, y }: Box): string[] {
  return rows.flatMap((row, index) => {
    const [label = null, number = null] = Object.values(row);
    const left = x + index * 122;
    return [
      rect(left, y, 112, 62, ink.page, ink.line),
      text(left + 12, y + 22, textOf(label), { fill: ink.quiet }),
      text(left + 12, y + 50, textOf(number), { size: 24, weight: 600 }),
    ];
  });
}

function table(rows: readonly Row[], { x, y, width }: Box): string[] {
  const names = Object.keys(rows[0] ?? {});
  const shown = rows.slice(0, maxRows);
  const widths = columnWidths(names, shown, width);
  const lefts = names.map((_name, index) => x + widths.slice(0, index).reduce((sum, one) => sum + one, 0));
  const cells = (values: string[], top: number, style: object) =>
    values.map((value, index) =>
      text(lefts[index] ?? x, top, fitted(value, (widths[index] ?? 0) - 8, 11), style),
    );
  const more = rows.length - shown.length;
  return [
    ...cells(names, y + 12, { size: 11, fill: ink.quiet, weight: 600 }),
    ...shown.flatMap((row, index) => [
      rect(x, y + 18 + index * rowHeight, width, 1, ink.line),
      ...cells(
        names.map((name) => shownAs(row[name] ?? null)),
        y + 33 + index * rowHeight,
        { size: 11 },
      ),
    ]),
    ...(more > 0
      ? [text(x, y + 33 + maxRows * rowHeight, `… and ${more} more`, { size: 11, fill: ink.quiet })]
      : []),
  ];
}

/** By the longest text of each column; what is over goes to the widest. */
function columnWidths(names: readonly string[], rows: readonly Row[], width: number): number[] {
  const wanted = names.map((name) => {
    const lengths = rows.map((row) => shownAs(row[name] ?? null).length);
    return Math.max(name.length, ...lengths) * 6.4 + 14;
  });
  const total = wanted.reduce((sum, one) => sum + one, 0);
  const widest = wanted.indexOf(Math.max(...wanted));
  return wanted.map((one, index) => (index === widest ? Math.max(one + width - total, 80) : one));
}

function chart(kind: 'timechart' | 'barchart', rows: readonly Row[], box: Box, period: Period): string[] {
  const series = seriesOf(rows);
  const plot = { x: box.x + 34, y: box.y + 4, width: box.width - 40, height: box.height - 44 };
  const span = period.end.getTime() - period.start.getTime();
  const xOf = (at: Date) => plot.x + ((at.getTime() - period.start.getTime()) / span) * plot.width;
  const tops = kind === 'barchart' ? stackedTops(rows, series) : rows.flatMap((row) => numbersOf(row));
  const top = niceTop(Math.max(...tops, 0));
  const yOf = (value: number) => plot.y + plot.height * (1 - value / top);
  return [
    ...axes(plot, top, period),
    ...(kind === 'barchart' ? bars(series, plot, span, xOf, yOf) : lines(series, xOf, yOf)),
    ...legend(series, box),
  ];
}

type Series = { name: string; points: { at: Date; value: number }[] };

/** Of a column of text and one of numbers, a series for each text; otherwise one for each column of numbers. */
function seriesOf(rows: readonly Row[]): Series[] {
  const all = new Map<string, Series>();
  for (const row of rows) {
    const at = row['timestamp'];
    if (!(at instanceof Date)) continue;
    const label = Object.values(row).find((value) => typeof value === 'string');
    for (const [name, value] of Object.entries(row)) {
      if (typeof value !== 'number') continue;
      const key = typeof label === 'string' ? label : name;
      const series = all.get(key) ?? { name: key, points: [] };
      all.set(key, series);
      series.points.push({ at, value });
    }
  }
  return [...all.values()];
}

function bars(
  series: readonly Series[],
  plot: Box,
  span: number,
  xOf: (at: Date) => number,
  yOf: (value: number) => number,
): string[] {
  const below = new Map<number, number>();
  const width = Math.max((plot.width / (span / 3_600_000)) * 0.75, 2);
  return series.flatMap(({ points }, index) =>
    points.map(({ at, value }) => {
      const base = below.get(at.getTime()) ?? 0;
      below.set(at.getTime(), base + value);
      return rect(xOf(at), yOf(base + value), width, yOf(base) - yOf(base + value), colour(index));
    }),
  );
}

function lines(
  series: readonly Series[],
  xOf: (at: Date) => number,
  yOf: (value: number) => number,
): string[] {
  return series.flatMap(({ points }, index) => {
    const path = points.map(({ at, value }): [number, number] => [xOf(at), yOf(value)]);
    return [line(path, colour(index)), ...path.map(([x, y]) => circle(x, y, 1.8, colour(index)))];
  });
}

function axes(plot: Box, top: number, { start, end }: Period): string[] {
  const days = (end.getTime() - start.getTime()) / 86_400_000;
  const ticks = Array.from(
    { length: days * 4 + 1 },
    (_, index) => new Date(start.getTime() + index * 21_600_000),
  );
  return [
    ...[0, 0.5, 1].flatMap((part) => {
      const y = plot.y + plot.height * (1 - part);
      const label = String(Number((top * part).toPrecision(3)));
      return [
        rect(plot.x, y, plot.width, 0.6, ink.line),
        text(plot.x - 5, y + 4, label, { size: 10, fill: ink.quiet, anchor: 'end' }),
      ];
    }),
    ...ticks.map((at, index) =>
      text(plot.x + (index / (ticks.length - 1)) * plot.width, plot.y + plot.height + 13, hourOf(at), {
        size: 10,
        fill: ink.quiet,
        anchor: 'middle',
      }),
    ),
  ];
}

function legend(series: readonly Series[], box: Box): string[] {
  let x = box.x;
  return series.flatMap(({ name }, index) => {
    const left = x;
    x += 20 + name.length * 6.2;
    const y = box.y + box.height - 8;
    return left > box.x + box.width - 40
      ? []
      : [rect(left, y, 9, 9, colour(index)), text(left + 13, y + 8.5, name, { size: 10.5, fill: ink.quiet })];
  });
}

function stackedTops(rows: readonly Row[], series: readonly Series[]): number[] {
  return rows.map(({ timestamp }) =>
    series
      .flatMap(({ points }) => points.filter(({ at }) => at.getTime() === Number(timestamp)))
      .reduce((sum, { value }) => sum + value, 0),
  );
}

function numbersOf(row: Row): number[] {
  return Object.values(row).filter((value) => typeof value === 'number');
}

function niceTop(most: number): number {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 4, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}

function hourOf(at: Date): string {
  return at.toISOString().slice(11, 16);
}

function shownAs(value: Value): string {
  if (value instanceof Date) return value.toISOString().slice(5, 16).replace('T', ' ');
  return textOf(value);
}

function colour(index: number): string {
  return palette[index % palette.length] ?? ink.text;
}
