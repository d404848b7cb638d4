import { markdownTable } from '../../tools/docs/markdown-table.ts';
import type { RequestResult } from '../results.ts';
import { median, ratio, spread } from '../statistics.ts';
import { short, times } from './numbers.ts';

/** One contender, in figures. `thisIs`: the requests a second of this service against its own. */
export type ContenderFigures = {
  name: string;
  perSecond: { median: number; min: number; max: number };
  thisIs: number;
  p99Ms: number;
  cpuMicros: number;
  /** The time of this service's processor against its own. */
  thisCpu: number;
  /** The largest share of a round. */
  otherAnswers: number;
};

export function figuresOf({ contenders }: RequestResult): ContenderFigures[] {
  const [own] = contenders;
  return contenders.map(({ name, rounds }) => {
    const rates = rounds.map(({ requestsPerSecond }) => requestsPerSecond);
    const cpu = rounds.map(({ cpuMicros }) => cpuMicros);
    return {
      name,
      perSecond: spread(rates),
      thisIs: ratio(own?.rounds.map(({ requestsPerSecond }) => requestsPerSecond) ?? [], rates),
      p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
      cpuMicros: median(cpu),
      thisCpu: ratio(own?.rounds.map(({ cpuMicros }) => cpuMicros) ?? [], cpu),
      otherAnswers: Math.max(...rounds.map(({ otherAnswers }) => otherAnswers)),
    };
  });
}

export function requestTable(result: RequestResult): string {
  const head = [result.path, 'requests/s', 'spread', 'this ÷ it', 'p99 in ms', 'CPU in µs', 'CPU: this ÷ it'];
  const rows = figuresOf(result).map(
    ({ name, perSecond, thisIs, p99Ms, cpuMicros, thisCpu, otherAnswers }, index) => [
      otherAnswers === 0 ? name : `${name} (other answers: ${(100 * otherAnswers).toFixed(1)} %)`,
      short(perSecond.median),
      `${short(perSecond.min)} to ${short(perSecond.max)}`,
      index === 0 ? '' : times(thisIs),
      short(p99Ms),
      short(cpuMicros),
      index === 0 ? '' : times(thisCpu),
    ],
  );
  return markdownTable(head, rows);
}
