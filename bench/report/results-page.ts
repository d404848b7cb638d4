import { markdownTable } from '../../tools/docs/markdown-table.ts';
import type { Results, StormResult } from '../results.ts';
import { median, ratio } from '../statistics.ts';
import { mebibytes, short, times } from './numbers.ts';
import { requestTable } from './request-table.ts';

/** What a run measured, as a page. */
export function resultsPage(results: Results): string {
  const { machine, seconds, connections, warmUpRequests, versions, stub } = results;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const against = results.against === null ? '' : `, against commit ${results.against}`;
  return [
    '# Results of the benchmarks',
    `Made by \`npm run bench\` on ${results.measuredAt.slice(0, 10)}, of commit ${results.commit}${against}.`,
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${short(machine.memoryGib)} GiB, ${machine.system}, Node.js ${machine.node}; load average before the run ${short(machine.loadBefore)}. ${packages.join(', ')}.`,
    `Load generator, servers and the stub of F&O shared this machine. ${connections} connections; each figure is the median of rounds of ${seconds} s (on Azurite of 1,000 requests), in each of which every contender started anew, was warmed up with ${warmUpRequests.toLocaleString('en-US')} requests (on Azurite 500) and measured once, the service from its sources as \`npm start\` runs it. Absolute figures depend on the machine and on what else it does: read the ratios, which are taken within a round.`,
    stub &&
      `The stub of F&O alone answers ${short(stub.requestsPerSecond)} requests/s, with ${short(stub.cpuMicros)} µs each.`,
    results.clients.length > 0 && clientsTable(results),
    ...results.requests.map(requestTable),
    ...results.storms.map(stormTable),
    results.operations.length > 0 && operationsTable(results),
    results.coldStarts.length > 0 && coldStartTable(results),
    results.memory.length > 0 && memoryTable(results),
  ]
    .filter((part) => typeof part === 'string')
    .join('\n\n');
}

function clientsTable({ clients }: Results): string {
  const [own] = clients;
  const rows = clients.map(({ name, cpuMicros }) => [
    name,
    short(median(cpuMicros)),
    times(ratio(own?.cpuMicros ?? [], cpuMicros)),
  ]);
  return markdownTable(['a request to F&O', 'CPU in µs', 'CPU: this ÷ it'], rows);
}

function stormTable({ failures, deliveries, jobs, contenders }: StormResult): string {
  const what = `storm: ${short(failures)} failures × ${deliveries} over ${short(jobs)} jobs`;
  const head = [
    what,
    'deliveries/s',
    'slowest answer in s',
    'all decided after s',
    'answers',
    'lost',
    'doubled',
  ];
  const rows = contenders.map(({ name, rounds }) => {
    const statuses = new Map<string, number>();
    for (const round of rounds) {
      for (const [status, count] of Object.entries(round.statuses))
        statuses.set(status, (statuses.get(status) ?? 0) + count);
    }
    return [
      name,
      short(median(rounds.map(({ deliveriesPerSecond }) => deliveriesPerSecond))),
      short(Math.max(...rounds.map(({ slowestMs }) => slowestMs)) / 1000),
      short(median(rounds.map(({ decidedSeconds }) => decidedSeconds))),
      [...statuses].map(([status, count]) => `${count.toLocaleString('en-US')} × ${status}`).join(', '),
      String(rounds.reduce((sum, { lost }) => sum + lost, 0)),
      String(rounds.reduce((sum, { doubled }) => sum + doubled, 0)),
    ];
  });
  return markdownTable(head, rows);
}

function operationsTable({ operations }: Results): string {
  const head = ['one event on Azure Storage', 'requests before the answer', 'of them in sequence'];
  const rows = operations.map(({ path, requests, inSequence }) => [
    path,
    String(requests),
    String(inSequence),
  ]);
  return markdownTable(head, rows);
}

function coldStartTable({ coldStarts }: Results): string {
  const [empty] = coldStarts;
  const head = [
    'cold start',
    'loaded in ms',
    'it ÷ the empty app',
    'first answer in ms',
    'it ÷ the empty app',
  ];
  const rows = coldStarts.map(({ name, loadedMs, answeredMs }) => [
    name,
    short(median(loadedMs)),
    times(ratio(loadedMs, empty?.loadedMs ?? [])),
    short(median(answeredMs)),
    times(ratio(answeredMs, empty?.answeredMs ?? [])),
  ]);
  return markdownTable(head, rows);
}

function memoryTable({ memory }: Results): string {
  const rows = memory.map(({ requests, heapUsed, rss }) => [
    requests.toLocaleString('en-US'),
    mebibytes(heapUsed),
    mebibytes(rss),
  ]);
  return markdownTable(['requests so far', 'heap in MiB', 'resident memory in MiB'], rows);
}
