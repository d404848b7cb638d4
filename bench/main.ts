import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contender, bullmq, serviceOnSqlite } from './contenders.ts';
import { Failures } from './events.ts';
import { type Options, defaults, parseOptions } from './options.ts';
import { measureRequests } from './paths/measure-requests.ts';
import { requestPaths } from './paths/request-paths.ts';
import { checkOut } from './processes/other-commit.ts';
import { startFno } from './processes/start-fno.ts';
import { startRedis } from './processes/start-redis.ts';
import { inRounds } from './rounds.ts';
import { median, ratio, spread } from './statistics.ts';

const pathNames = requestPaths([]).map(({ name }) => name);

const help = `npm run bench [-- --only "requeue,no match" --rounds 5 --seconds 3 --against main]

Measures the service against what people would use instead. Load generator, servers and a stub of F&O are processes on
loopback. In each round every contender is started anew and measured once, so that the ratios hold although machines
differ, and though other work slows some rounds down.

  --only <paths>     some of: ${pathNames.join(', ')}
  --rounds <n>       rounds, 1 to 30 (${defaults.rounds})
  --seconds <n>      how long each round measures a contender, 1 to 60 (${defaults.seconds})
  --against <ref>    measures the code of another commit, too
  --help             this`;

const parsed = parseOptions(process.argv.slice(2), pathNames);
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
    try {
      await measure(parsed.options, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function measure({ only, rounds, seconds, against }: Options, folder: string): Promise<void> {
  const failures = new Failures(new Date());
  using other = against === null ? null : checkOut(against, folder);
  await using fno = await startFno(folder, failures.endedAt);
  await using redis = await startRedis(folder);
  if (!redis) console.error('redis-server is not installed: BullMQ is left out.');
  const around = { folder, fno, redisPort: redis?.port ?? null };
  const services = [serviceOnSqlite()];
  if (other) services.push(serviceOnSqlite(`${other.commit}, SQLite`, other.folder));
  for (const path of requestPaths(services)) {
    if (only && !only.includes(path.name)) continue;
    const contenders = path.contenders.filter((contender) => contender !== bullmq || redis);
    const measured = await inRounds<Contender, Awaited<ReturnType<typeof measureRequests>>>(
      contenders,
      rounds,
      (contender, round) => {
        console.error(`${path.name}, round ${round + 1} of ${rounds}: ${contender.name}`);
        return measureRequests(path, contender, around, failures, seconds);
      },
    );
    const [own = []] = [...measured.values()];
    const ownRates = own.map(({ requestsPerSecond }) => requestsPerSecond);
    for (const [contender, each] of measured) {
      const rates = each.map(({ requestsPerSecond }) => requestsPerSecond);
      const { median: mid, min, max } = spread(rates);
      console.log(
        `${path.name.padEnd(10)} ${contender.name.padEnd(36)} ${mid.toFixed(0).padStart(7)}/s (${min.toFixed(0)} to ${max.toFixed(0)})  this is ${ratio(ownRates, rates).toFixed(2)} x  p99 ${median(each.map(({ p99Ms }) => p99Ms)).toFixed(0)} ms  CPU ${median(each.map(({ cpuMicros }) => cpuMicros)).toFixed(0)} us`,
      );
    }
  }
}
