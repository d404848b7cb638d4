export type Spread = { median: number; min: number; max: number };

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

export function spread(numbers: readonly number[]): Spread {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/** The median of the ratios within each round: what slows a whole round down changes no ratio. */
export function ratio(rounds: readonly number[], baseline: readonly number[]): number {
  return median(rounds.map((one, round) => one / (baseline[round] ?? Number.NaN)));
}
