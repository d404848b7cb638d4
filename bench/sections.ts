import {
  bullmq,
  type Contender,
  fastifyThatReads,
  serviceOnSqlite,
  type Surroundings,
} from './contenders.ts';
import type { Failures } from './events.ts';
import { ownSources } from './own-sources.ts';
import { azuritePaths, recordPlans, serviceOnAzurite } from './paths/azurite-paths.ts';
import { measureColdStarts } from './paths/cold-start.ts';
import { measureClients } from './paths/fno-clients.ts';
import { measureRequests, type RequestPath } from './paths/measure-requests.ts';
import { measureMemory } from './paths/memory.ts';
import { millionPaths, serviceWithMillion } from './paths/million-paths.ts';
import { requestPaths } from './paths/request-paths.ts';
import { measureStorm } from './paths/storm.ts';
import { measureStub } from './paths/stub-alone.ts';
import type { OperationResult, RequestResult, Results, StormResult } from './results.ts';
import { inRounds } from './rounds.ts';
import type { Plan } from './storage-operations.ts';

/** One run: what all sections share. */
type Run = {
  around: Surroundings;
  failures: Failures;
  rounds: number;
  seconds: number;
  /** Another commit that is measured, too. */
  other: { name: string; sources: string } | null;
  progress: (text: string) => void;
};

type Section = (run: Run) => Promise<Partial<Results>>;

const ownName = 'this';

/** By the names that `--only` takes, in the order in which they run. */
export const sections: Readonly<Record<string, Section>> = {
  stub: async ({ around, failures }) => ({ stub: await measureStub(around, failures) }),
  clients: async ({ around, rounds, progress }) => {
    progress('clients: what a request to F&O costs');
    return { clients: await measureClients(around, rounds) };
  },
  requeue: (run) => requests(run, 'requeue'),
  duplicate: (run) => requests(run, 'duplicate'),
  'no-match': (run) => requests(run, 'no-match'),
  invalid: (run) => requests(run, 'invalid'),
  storm,
  azurite,
  'cold-start': coldStart,
  million,
  memory,
};

async function requests(run: Run, name: string): Promise<Partial<Results>> {
  const paths = requestPaths(onSqlite(run)).filter((path) => path.name === name);
  return { requests: await measurePaths(run, paths, run.rounds) };
}

async function storm(run: Run): Promise<Partial<Results>> {
  const all = [
    { failures: 5000, deliveries: 3, jobs: 5000 },
    { failures: 5000, deliveries: 3, jobs: 50 },
  ];
  const storms: StormResult[] = [];
  for (const one of all) {
    const contenders = [...onSqlite(run), fastifyThatReads];
    const measured = await inRounds(contenders, fewer(run.rounds), (contender, round) => {
      run.progress(`storm over ${one.jobs} jobs, round ${round + 1}: ${contender.name}`);
      return measureStorm(one, contender, run.around, run.failures);
    });
    storms.push({ ...one, contenders: named(measured) });
  }
  return { storms };
}

async function azurite(run: Run): Promise<Partial<Results>> {
  run.progress('azurite: what is asked of the storage account');
  const plans = await recordPlans(ownSources, run.around, run.failures);
  const services = [serviceOnAzurite(`${ownName}, Azurite`, ownSources)];
  if (run.other) services.push(serviceOnAzurite(`${run.other.name}, Azurite`, run.other.sources));
  return {
    requests: await measurePaths(run, azuritePaths(services, plans), fewer(run.rounds)),
    operations: [
      operations('requeue', plans.requeue),
      operations('duplicate', plans.duplicate),
      operations('no-match', plans.noMatch),
    ],
  };
}

async function coldStart({ around, failures, rounds, other, progress }: Run): Promise<Partial<Results>> {
  progress('cold-start');
  const all = [{ name: ownName, sources: ownSources }, ...(other ? [other] : [])];
  return { coldStarts: await measureColdStarts(all, around, failures, 2 * rounds) };
}

async function million(run: Run): Promise<Partial<Results>> {
  run.progress('million: filling the store');
  const filled = await serviceWithMillion(run.around, run.failures);
  return { requests: await measurePaths(run, millionPaths(filled), fewer(run.rounds)) };
}

async function memory({ around, failures, progress }: Run): Promise<Partial<Results>> {
  // Only here: a collection that is asked for throws away compiled code, too.
  const collected = serviceOnSqlite('this, SQLite', ownSources, ['--expose-gc']);
  return { memory: await measureMemory(collected, around, failures, progress) };
}

function onSqlite({ other }: Run): Contender[] {
  return [serviceOnSqlite(), ...(other ? [serviceOnSqlite(`${other.name}, SQLite`, other.sources)] : [])];
}

async function measurePaths(
  { around, failures, seconds, progress }: Run,
  paths: readonly RequestPath[],
  rounds: number,
): Promise<RequestResult[]> {
  const results: RequestResult[] = [];
  for (const path of paths) {
    const contenders = path.contenders.filter(
      (contender) => contender !== bullmq || around.redisPort !== null,
    );
    const measured = await inRounds(contenders, rounds, (contender, round) => {
      progress(`${path.name}, round ${round + 1} of ${rounds}: ${contender.name}`);
      return measureRequests(path, contender, around, failures, seconds);
    });
    results.push({ path: path.name, contenders: named(measured) });
  }
  return results;
}

function named<Round>(measured: ReadonlyMap<Contender, Round[]>): { name: string; rounds: Round[] }[] {
  return [...measured].map(([{ name }, rounds]) => ({ name, rounds }));
}

function operations(path: string, plan: Plan): OperationResult {
  return { path, requests: plan.flat().length, inSequence: plan.length };
}

/** What takes longer has fewer rounds. */
function fewer(rounds: number): number {
  return Math.ceil(rounds / 2);
}
