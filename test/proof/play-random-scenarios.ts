import * as fc from 'fast-check';
import { openSqlite } from '../../src/adapters/sqlite/open-sqlite.ts';
import { parseJobId } from '../../src/domain/job-id.ts';
import { readFates, requestFates } from './scenario-fno.ts';
import { type Fates, storeFates } from './scenario-instance.ts';
import type { WorldSettings } from './scenario-violations.ts';
import { World } from './scenario-world.ts';

/** One thing that happens; its words are what a counterexample is printed in. */
class Command {
  readonly words: string;
  readonly run: (world: World) => Promise<void> | void;

  constructor(words: string, run: (world: World) => Promise<void> | void) {
    this.words = words;
    this.run = run;
  }

  toString(): string {
    return this.words;
  }

  [fc.toStringMethod](): string {
    return this.words;
  }
}

const instance = fc.nat({ max: 1 });
const nameOf = (index: number) => (index === 0 ? 'A' : 'B');
const well = <Value>(value: Value, others: readonly Value[], weight: number) =>
  fc.oneof({ weight, arbitrary: fc.constant(value) }, fc.constantFrom(...others));
const fates: fc.Arbitrary<Fates> = fc.record({
  request: well('taken' as const, requestFates, 2),
  read: well('found' as const, readFates, 4),
  store: well('done' as const, storeFates, 30),
});

const seconds = fc.constantFrom(1, 9, 31, 40, 70, 300, 3600, 30_000);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .constantFrom(6, 20, 90, 3600)
      .map(
        (after) => new Command(`the job runs for ${after} s and fails`, (world) => world.runJob(after, true)),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(6, 90)
      .map(
        (after) =>
          new Command(`the job runs for ${after} s and finishes`, (world) => world.runJob(after, false)),
      ),
  },
  { weight: 1, arbitrary: fc.constant(new Command('the job starts', (world) => world.startJob())) },
  {
    weight: 2,
    arbitrary: instance.map(
      (to) =>
        new Command(`a finished event is delivered to ${nameOf(to)}`, (world) => world.deliverFinished(to)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('Waiting' as const, 'Canceled' as const)
      .map((status) => new Command(`a person sets the job to ${status}`, (world) => world.setStatus(status))),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      new Command('the database is restored: ControlNumbers go back', (world) => world.fno.restoreDatabase()),
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat({ max: 2 }), instance)
      .map(
        ([back, to]) =>
          new Command(
            `the ${['newest', 'second newest', 'third newest'][back]} failure is delivered to ${nameOf(to)}`,
            (world) => world.deliver(back, to),
          ),
      ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(instance, fates).map(
      ([to, how]) =>
        new Command(
          `the newest failure is delivered to ${nameOf(to)}, which goes through with it (${inWords(how)})`,
          async (world) => {
            await world.deliver(0, to);
            await world.goOn(to, 5, how, 0);
            await world.goOn(to, 6, { ...how, store: 'done' }, 0);
          },
        ),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(instance, seconds, fates).map(
      ([who, s, how]) =>
        new Command(`${s} s pass and ${nameOf(who)} does what is due (${inWords(how)})`, async (world) => {
          await world.pass(s * 1000);
          await world.pollWorkQueue(who);
          await world.goOn(who, 4, how, 0);
          await world.goOn(who, 16, { ...how, store: 'done' }, 0);
        }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(new Command('the newest failure’s event is lost', (world) => world.loseEvent())),
  },
  {
    weight: 4,
    arbitrary: instance.map(
      (who) =>
        new Command(`${nameOf(who)} begins to take up what is due`, (world) => world.pollWorkQueue(who)),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(instance, fates).map(
      ([who, how]) =>
        new Command(`${nameOf(who)} looks for runs (${inWords(how)})`, async (world) => {
          await world.look(who);
          await world.goOn(who, 4, how, 0);
          await world.goOn(who, 12, { ...how, store: 'done' }, 0);
        }),
    ),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(instance, fc.integer({ min: 1, max: 8 }), fates, fc.constantFrom(0, 0, 0, 1, 2))
      .map(
        ([who, times, how, which]) =>
          new Command(`${nameOf(who)} goes on for ${times} steps (${inWords(how)})`, (world) =>
            world.goOn(who, times, how, which),
          ),
      ),
  },
  {
    weight: 1,
    arbitrary: instance.map((who) => new Command(`${nameOf(who)} dies`, (world) => world.die(who))),
  },
  {
    weight: 1,
    arbitrary: instance.map((who) => new Command(`${nameOf(who)} is stopped`, (world) => world.stop(who))),
  },
  {
    weight: 5,
    arbitrary: seconds.map((s) => new Command(`${s} s pass`, (world) => world.pass(s * 1000))),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(-3600, -40, 40, 3600)
      .map((s) => new Command(`the clocks are set ${s} s`, (world) => world.setClocks(s * 1000))),
  },
);

const settings: fc.Arbitrary<WorldSettings> = fc.record({
  maxRetries: fc.constantFrom(1, 2, 5),
  delaysSeconds: fc.constantFrom([0], [0, 60], [120]),
  job: fc.record({
    everyMs: fc.constantFrom(null, 3_600_000, 86_400_000),
    hasHistory: fc.boolean(),
    traits: fc.record({
      times: fc.constantFrom('kept' as const, 'cleared' as const),
      returnsAfterMs: fc.constantFrom(0, 5000),
      action: fc.constantFrom('starts-now' as const, 'no-change' as const, 'refuses' as const),
      schedule: fc.constantFrom('moves' as const, 'stays' as const),
      endLagMs: fc.constantFrom(-1000, 0, 1000),
      endShowsAfterMs: fc.constantFrom(0, 0, 5000, 60_000),
      eventTellsEnd: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, fc.constant(false)),
      entityTellsTimes: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
  }),
  sendsFinished: fc.boolean(),
  isWatching: fc.boolean(),
  requeuesPerMinute: fc.constantFrom(1, 60),
  fnoClockAheadSeconds: fc.constantFrom(-300, -2, 0, 2, 300),
  clockOfBAheadSeconds: fc.constantFrom(-5, 0, 5),
});

const key = parseJobId('5637144576');
if (key === null) throw new Error('no job id');
const jobId = key;

/**
 * Plays half of the random scenarios: the other half is another file's, which runs at the same time. The seed is
 * another one each time, so that every pass looks elsewhere; FAST_CHECK_SEED repeats one. Rejects with the
 * scenario that breaks a promise.
 */
export async function playRandomScenarios(half: 0 | 1): Promise<{ runs: number; requeues: number }> {
  const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31) + half;
  const numRuns = Number(process.env['PROOF_RUNS'] ?? 2000) / 2;
  const maxLength = Number(process.env['PROOF_COMMANDS'] ?? 60);
  console.log(`Random scenarios: ${numRuns} runs, seed ${seed}`);
  const counts = { runs: 0, requeues: 0, failures: 0, deaths: 0 };
  await fc.assert(
    fc.asyncProperty(settings, fc.array(command, { maxLength, size: 'max' }), async (given, commands) => {
      const world = new World(jobId, given, (clock) => openSqlite(':memory:', clock));
      try {
        // The watch learns only of what ends after its first look.
        await world.look(0);
        await world.goOn(0, 12, { request: 'taken', read: 'found', store: 'done' }, 0);
        for (const each of commands) await each.run(world);
        await world.settle();
        const violations = await world.violations();
        if (violations.length > 0) throw new Error(violations.join('\n'));
      } catch (error) {
        throw new Error(`${String(error)}\nWhat happened:\n  ${world.trace.join('\n  ')}`, { cause: error });
      } finally {
        world.close();
      }
      counts.runs += 1;
      counts.failures += world.fno.failedRuns.length;
      counts.requeues += world.accepted;
      counts.deaths += world.deaths;
    }),
    { seed, numRuns, includeErrorInReport: true },
  );
  console.log(
    `Random scenarios: ${counts.runs} runs, ${counts.failures} failures, ${counts.requeues} accepted requeues, ${counts.deaths} deaths, seed ${seed}`,
  );
  return counts;
}

function inWords({ request, read, store }: Fates): string {
  const parts = [
    request === 'taken' ? [] : [`request: ${request}`],
    read === 'found' ? [] : [`status: ${read}`],
    store === 'done' ? [] : [`store: ${store}`],
  ].flat();
  return parts.join('; ') || 'all well';
}
