const units: [name: string, ms: number][] = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** A time in the largest unit that gives a whole number: `90 s`, `2 min`, `24 h`. */
export function duration(ms: number): string {
  if (ms === 0) return 'at once';
  const [name, size] = units.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1];
  return `${ms / size} ${name}`;
}
