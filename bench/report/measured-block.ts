import { markdownTable } from '../../tools/docs/markdown-table.ts';
import type { Results } from '../results.ts';
import { median, ratio } from '../statistics.ts';
import { short, times } from './numbers.ts';
import { type ContenderFigures, figuresOf } from './request-table.ts';

/** What the last run reached, against what else people would use. */
export function measuredBlock(results: Results): string {
  const row = (what: string, path: string, others: readonly string[]): string[][] => {
    const result = results.requests.find((one) => one.path === path);
    const [own, ...rest] = result ? figuresOf(result) : [];
    if (!own) return [];
    const compared = rest.filter(({ name }) => others.includes(name));
    return [[what, `${short(own.perSecond.median)}/s`, against(compared)]];
  };
  const rows = [
    ...row('Requeue, SQLite', 'requeue', ['Fastify script that reads the job', 'BullMQ on Redis']),
    ...row('Duplicate, SQLite', 'duplicate', ['bare node:http']),
    ...row('No entry lists the job', 'no-match', ['bare node:http']),
    ...row('Requeue, Azurite', 'azurite-requeue', ['the same operations by the bare SDK']),
    ...row('Requeue, SQLite, after 1,000,000 events', 'million-requeue', ['this, SQLite, empty']),
    ...clientRows(results),
    ...stormRows(results),
    ...coldRows(results),
  ];
  return markdownTable(['What', 'Reached', 'Against'], rows);
}

function against(compared: readonly ContenderFigures[]): string {
  return compared
    .map(({ name, thisIs, thisCpu }) => `${times(thisIs)} ${name} (processor time ${times(thisCpu)})`)
    .join('; ');
}

function clientRows({ clients: [own, ...others] }: Results): string[][] {
  if (!own) return [];
  const compared = others.map(({ name, cpuMicros }) => `${times(ratio(own.cpuMicros, cpuMicros))} ${name}`);
  return [
    ["Request to F&O by axios' HTTP adapter", `${short(median(own.cpuMicros))} µs`, compared.join('; ')],
  ];
}

function stormRows({ storms }: Results): string[][] {
  return storms.map(({ failures, deliveries, jobs, contenders: [own] }) => {
    const rounds = own?.rounds ?? [];
    const decided = median(rounds.map(({ decidedSeconds }) => decidedSeconds));
    const wrong = rounds.reduce((sum, { lost, doubled }) => sum + lost + doubled, 0);
    const name = `Storm: ${short(failures)} failures of ${short(jobs)} jobs, each delivered ${deliveries} times at once`;
    const all = `${short(median(rounds.map(({ deliveriesPerSecond }) => deliveriesPerSecond)))} deliveries/s`;
    return [name, all, `all decided after ${short(decided)} s; lost or doubled: ${wrong}`];
  });
}

function coldRows({ coldStarts }: Results): string[][] {
  const [empty, ...own] = coldStarts;
  return own.map(({ name, answeredMs }) => [
    `Cold start to the first answer: ${name.replace(/^\S+, /, '')}`,
    `${short(median(answeredMs))} ms`,
    `${times(ratio(answeredMs, empty?.answeredMs ?? []))} an app with one empty function`,
  ]);
}
