import { BarChart, type BarSeriesOption } from 'echarts/charts';
import {
  GridComponent,
  type GridComponentOption,
  TitleComponent,
  type TitleComponentOption,
} from 'echarts/components';
import { type ComposeOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { RequestResult, Results } from '../results.ts';
import { short } from './numbers.ts';
import { figuresOf } from './request-table.ts';

use([BarChart, GridComponent, TitleComponent, SVGRenderer]);

type Picture = ComposeOption<BarSeriesOption | GridComponentOption | TitleComponentOption>;

const width = 760;
const barHeight = 26;
const titleHeight = 34;
const gap = 14;
const labelWidth = 230;
const shown = ['requeue', 'duplicate', 'no-match'];

/** Colours that stand out on the white ground that the picture brings with it, also on a dark page. */
const colours = { own: '#0b6bcb', others: '#9aa4b2', text: '#1f2328', ground: '#ffffff' };

/** Requests a second of each contender, as bars: one group for each of the main paths. */
export function resultsPicture({ requests, connections }: Results): string {
  const groups = requests.filter(({ path }) => shown.includes(path));
  const heights = groups.map(({ contenders }) => contenders.length * barHeight);
  const height = heights.reduce((sum, one) => sum + one + titleHeight + gap, gap);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const parts = groups.map((group, index) => {
    const above = heights.slice(0, index).reduce((sum, one) => sum + one + titleHeight + gap, gap);
    return partOf(group, index, above, connections);
  });
  const picture: Picture = {
    animation: false,
    backgroundColor: colours.ground,
    textStyle: { fontFamily: 'system-ui, sans-serif', color: colours.text },
    title: parts.map(({ title }) => title),
    grid: parts.map(({ grid }) => grid),
    xAxis: parts.map((_, gridIndex) => ({ type: 'value' as const, show: false, gridIndex })),
    yAxis: parts.map(({ names }, gridIndex) => ({
      type: 'category' as const,
      gridIndex,
      data: names,
      inverse: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: colours.text, fontSize: 13, width: labelWidth - 20, overflow: 'truncate' as const },
    })),
    series: parts.map(({ series }) => series),
  };
  chart.setOption(picture);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function partOf(group: RequestResult, index: number, above: number, connections: number) {
  const figures = figuresOf(group);
  const data = figures.map(({ name, perSecond }) => ({
    value: Math.round(perSecond.median),
    name,
    itemStyle: { color: name.startsWith('this') ? colours.own : colours.others },
    label: { formatter: short(perSecond.median) },
  }));
  const title = {
    text: `${group.path}: requests a second, ${connections} connections`,
    left: 16,
    top: above,
    textStyle: { fontSize: 14, color: colours.text },
  };
  const grid = {
    left: labelWidth,
    right: 80,
    top: above + titleHeight,
    height: figures.length * barHeight,
    containLabel: false,
  };
  const series: BarSeriesOption = {
    type: 'bar',
    xAxisIndex: index,
    yAxisIndex: index,
    data,
    barWidth: '62%',
    label: { show: true, position: 'right', color: colours.text, fontSize: 13 },
  };
  return { names: figures.map(({ name }) => name), title, grid, series };
}
