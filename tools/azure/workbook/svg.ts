/** Text as it stands in SVG. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export const ink = { text: '#1f2933', quiet: '#66727f', line: '#d7dce2', card: '#ffffff', page: '#f2f4f7' };

/** One for each series, in their order. */
export const palette = [
  '#2f6fbf',
  '#2e9e6b',
  '#d9822b',
  '#c23b50',
  '#7a5cc4',
  '#1d9aa8',
  '#8a6d3b',
  '#5b6770',
];

export type TextStyle = {
  size?: number;
  fill?: string;
  weight?: number;
  anchor?: 'start' | 'middle' | 'end';
};

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 12, fill = ink.text, weight = 400, anchor = 'start' } = style;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}" font-weight="${weight}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  stroke = 'none',
): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}" stroke="${stroke}"/>`;
}

export function line(
  points: readonly (readonly [x: number, y: number])[],
  stroke: string,
  width = 1.5,
): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;
}

export function circle(x: number, y: number, radius: number, fill: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${fill}"/>`;
}

/** As much of a text as fits into `width` pixels, by the width of a usual letter. */
export function fitted(content: string, width: number, size = 12): string {
  const letters = Math.max(Math.floor(width / (size * 0.56)), 1);
  return content.length <= letters ? content : `${content.slice(0, letters - 1)}…`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
