import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failures } from './events.ts';
import { thisMachine, versionsOf } from './machine.ts';
import { defaults, type Options, parseOptions } from './options.ts';
import { ownSources } from './own-sources.ts';
import { connections, warmUpRequests } from './paths/measure-requests.ts';
import { checkOut, ownCommit } from './processes/other-commit.ts';
import { startFno } from './processes/start-fno.ts';
import { startRedis } from './processes/start-redis.ts';
import { writeReport } from './report/write-report.ts';
import type { Results } from './results.ts';
import { sections } from './sections.ts';

const help = `npm run bench [-- --only requeue,no-match --rounds 9 --seconds 5 --against main]

Measures the service against what people would use instead. Load generator, servers and a stub of F&O are processes on
loopback. In each round every contender is started anew and measured once, so that the ratios hold although machines
differ, and though other work slows some rounds down. A run of everything writes bench/results.json, results.md and
results.svg; any run prints its results.

  --only <paths>     some of: ${Object.keys(sections).join(', ')}
  --rounds <n>       rounds, 1 to 30 (${defaults.rounds}); what takes longer has half as many
  --seconds <n>      how long each round measures a contender, 1 to 60 (${defaults.seconds})
  --against <ref>    measures the code of another commit, too
  --help             this`;

const parsed = parseOptions(process.argv.slice(2), Object.keys(sections));
switch (parsed.kind) {
  case 'help':
    console.log(help);
    break;
  case 'wrong':
    console.error(parsed.message);
    process.exitCode = 2;
    break;
  case 'options': {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'batch-retry-bench-')));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    await measure(parsed.options, folder);
  }
}

async function measure({ only, rounds, seconds, against }: Options, folder: string): Promise<void> {
  const startedAt = new Date();
  const progress = (text: string) => {
    const after = ((Date.now() - startedAt.getTime()) / 1000).toFixed(0);
    console.error(`${after.padStart(5)} s  ${text}`);
  };
  const failures = new Failures(startedAt);
  const commit = against === null ? null : checkOut(against, folder);
  await using fno = await startFno(folder, failures.endedAt);
  await using redis = await startRedis(folder);
  if (!redis) progress('redis-server is not installed: BullMQ is left out.');
  const around = { folder, fno, redisPort: redis?.port ?? null };
  const other = commit && { name: commit.commit, sources: commit.folder };
  const run = { around, failures, rounds, seconds, other, progress };
  let results: Results = {
    measuredAt: startedAt.toISOString(),
    commit: ownCommit(),
    against: other?.name ?? null,
    machine: thisMachine(),
    versions: {
      ...versionsOf(['autocannon', 'fastify', 'undici', 'bullmq', 'azurite']),
      ...(redis ? { redis: redis.version } : {}),
    },
    seconds,
    connections,
    warmUpRequests,
    stub: null,
    clients: [],
    requests: [],
    storms: [],
    coldStarts: [],
    operations: [],
    memory: [],
  };
  for (const [name, section] of Object.entries(sections)) {
    if (only && !only.includes(name)) continue;
    const more = await section(run);
    results = { ...results, ...more, requests: [...results.requests, ...(more.requests ?? [])] };
  }
  const page = await writeReport(results, only === null && other === null ? join(ownSources, 'bench') : null);
  progress('done');
  console.log(page);
}
