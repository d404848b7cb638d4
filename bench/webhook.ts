import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import { measureColdStarts } from './cold-start.ts';
import { measureRequests } from './requests.ts';
import { measureStorms } from './storm.ts';
import { inMs, median, printTable, ratio } from './table.ts';

const help = `npm run bench [-- --rounds 9]

Measures the webhook against a bare node:http server that parses the same JSON, in interleaved rounds of one
run, so that the ratios hold although machines differ. F&O is simulated in the same process; the store is a SQLite
file in the temporary folder, with every commit synchronised to the disk.

  --rounds <n>   rounds of requests, 1 to 30 (9); cold starts and storms keep their own
  --help         this`;

const { values } = parseArgs({
  options: { help: { type: 'boolean' }, rounds: { type: 'string', default: '9' } },
});
const rounds = Number(values.rounds);
if (values.help) {
  console.log(help);
} else if (!Number.isInteger(rounds) || rounds < 1 || rounds > 30) {
  console.error(`--rounds ${values.rounds}: expected a whole number from 1 to 30`);
  process.exitCode = 2;
} else {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'batch-retry-bench-')));
  try {
    await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string): Promise<void> {
  await using tenant = await startSandbox();
  const { identity } = tenant;
  const requests = await measureRequests(folder, identity, rounds);
  const [baseline] = requests;
  printTable(
    ['one request after the other', 'median', 'times the baseline', 'slowest round'],
    requests.map(({ name, roundsMs }) => [
      name,
      inMs(median(roundsMs)),
      ratio(roundsMs, baseline?.roundsMs ?? []).toFixed(1),
      inMs(Math.max(...roundsMs)),
    ]),
  );

  const storms = await measureStorms(folder, identity, 5);
  printTable(
    ['storm', 'median', 'slowest answer', 'decisions of the last storm'],
    [
      [
        '500 events over 50 jobs, 32 at once',
        `${Math.round(median(storms.map(({ eventsPerSecond }) => eventsPerSecond)))} events/s`,
        inMs(Math.max(...storms.map(({ slowestMs }) => slowestMs))),
        storms.at(-1)?.decisions ?? '',
      ],
    ],
  );

  const starts = await measureColdStarts(folder, identity, 9);
  const [empty] = starts;
  printTable(
    ['cold start', 'loaded', 'times the empty app', 'with the first answer', 'times the empty app'],
    starts.map(({ name, loaded, answered }) => [
      name,
      inMs(median(loaded)),
      ratio(loaded, empty?.loaded ?? []).toFixed(1),
      inMs(median(answered)),
      ratio(answered, empty?.answered ?? []).toFixed(1),
    ]),
  );
}
