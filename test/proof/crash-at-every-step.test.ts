import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { NewBatchJob } from '../../src/sandbox/batch-job.ts';
import type { Happening } from '../../src/sandbox/happening.ts';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { everyJob } from '../helpers/policies.ts';
import { bundle } from './bundle.ts';
import { type Composed, composeService, nothingAround, type Settings } from './compose-service.ts';
import type { Errand, Report } from './dying-process.ts';

import { someOf } from './some-of.ts';

const minute = 60_000;
const job: NewBatchJob = {
  jobId: '5637144576',
  description: 'Nightly posting',
  script: { kind: 'always-fail' },
};
const { jobId } = job;

/** Processes at once. */
const concurrency = 2;
/** In memory where there is such a place: the process dies here, not the machine. */
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'crash-'));
const program = join(folder, 'dying-process.mjs');
beforeAll(() => bundle(new URL('./dying-process.ts', import.meta.url), program));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Death = Pick<Errand, 'diesAt' | 'when'> | { when: 'F&O accepts' | 'F&O is asked' };

type World = {
  sandbox: Sandbox;
  clock: ManualClock;
  settings: Settings;
  /** What happened in F&O, and who learns it at once. */
  happenings: Happening[];
  watch: { onHappening: (happening: Happening) => void };
  first: { event: string; accepted: boolean };
};

type Scenario = {
  name: string;
  maxRetries: number;
  /** What happens before the process that dies begins. Resolves to the event it receives, or null for due work. */
  before: (world: World) => Promise<string | null>;
};

const scenarios: Scenario[] = [
  { name: 'receives a failure', maxRetries: 5, before: ({ first }) => Promise.resolve(first.event) },
  {
    name: 'takes up what was deferred',
    maxRetries: 2,
    before: async (world) => {
      world.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'action' });
      await receiveFirst(world);
      await world.clock.advance(minute);
      return null;
    },
  },
  {
    name: 'takes up a request that was not taken, whose answer was lost',
    maxRetries: 2,
    before: async (world) => {
      world.sandbox.faults.add({ kind: 'reset', committed: false }, { on: 'action' });
      await receiveFirst(world);
      await world.clock.advance(minute);
      return null;
    },
  },
  {
    name: 'takes up a request that was taken, whose answer was lost',
    maxRetries: 2,
    before: async (world) => {
      world.sandbox.faults.add({ kind: 'reset', committed: true }, { on: 'action' });
      await receiveFirst(world);
      await world.clock.advance(minute);
      return null;
    },
  },
  {
    name: 'follows up a requeue whose run failed without an event',
    maxRetries: 2,
    before: async (world) => {
      await receiveFirst(world);
      await world.clock.advance(minute);
      await world.sandbox.run(jobId);
      return null;
    },
  },
  {
    name: 'follows up a requeue whose run ended well',
    maxRetries: 2,
    before: async (world) => {
      world.sandbox.setScript(jobId, { kind: 'succeed' });
      await receiveFirst(world);
      await world.clock.advance(minute);
      await world.sandbox.run(jobId);
      return null;
    },
  },
];

const jobView = z.object({ state: z.string(), retriesUsed: z.number(), dueAt: z.string().nullable() });
const history = z.object({
  value: z.array(z.object({ eventId: z.string(), decision: z.string().nullable() })),
});

let runs = 0;
let files = 0;
let steps = 0;
const violations: string[] = [];

for (const [number, scenario] of scenarios.entries()) {
  test(`a process that ${scenario.name} may die before and after each I/O and each commit: nothing is lost or doubled`, async () => {
    const { ios } = await play(scenario, { diesAt: Infinity, when: 'before' });
    expect(ios.length).toBeGreaterThan(2);
    expect(ios).toContain('sqlite.commit');
    steps += ios.length;
    const deaths = ios.flatMap((_, index): Death[] => [
      { diesAt: index + 1, when: 'before' },
      { diesAt: index + 1, when: 'after' },
    ]);
    if (ios.includes('fno.setToWaiting')) deaths.push({ when: 'F&O is asked' }, { when: 'F&O accepts' });
    await pMap(someOf(deaths, number), (death) => play(scenario, death), { concurrency });
    expect(violations).toEqual([]);
  }, 120_000);
}

afterAll(() => {
  console.log(
    `Crashes: ${scenarios.length} scenarios, ${steps} steps, ${runs} runs, ${violations.length} violations`,
  );
});

/** One life and its sequel: a process dies, F&O delivers again what got no 2xx, another process takes over. */
async function play(scenario: Scenario, death: Death): Promise<{ ios: string[] }> {
  const world = await aWorld(scenario.maxRetries);
  await using sandbox = world.sandbox;
  const event = await scenario.before({ ...world, sandbox });
  const { answered, ios, died } = await live(world, event, death);
  if (answered !== null && answered < 300) world.first.accepted = true;
  runs += 1;

  const service = await composeService(world.settings, world.clock, nothingAround);
  try {
    const what = `${scenario.name}, dies ${died ? JSON.stringify(death) : 'never'}`;
    const found = await sequel(world, service, scenario.maxRetries);
    violations.push(...found.map((violation) => `${what}: ${violation}`));
  } finally {
    service.store.close();
  }
  return { ios };
}

async function aWorld(maxRetries: number): Promise<World> {
  const clock = new ManualClock();
  const watch: World['watch'] = { onHappening: () => undefined };
  const happenings: Happening[] = [];
  const sandbox = await startSandbox({
    clock,
    onHappening: (happening) => {
      happenings.push(happening);
      watch.onHappening(happening);
    },
  });
  sandbox.addJob(job);
  await clock.advance(minute);
  await sandbox.run(jobId);
  const settings: Settings = {
    orgUrl: sandbox.orgUrl,
    identity: sandbox.identityEnvironment,
    store: `sqlite:${join(folder, `${++files}.sqlite`)}`,
    policy: { defaults: { maxRetries }, ...everyJob },
  };
  return {
    sandbox,
    clock,
    settings,
    happenings,
    watch,
    first: { event: sandbox.failedEvent(jobId), accepted: false },
  };
}

/** What an earlier process did well. */
async function receiveFirst(world: World): Promise<void> {
  const service = await composeService(world.settings, world.clock, nothingAround);
  const { status } = await service.deliver(world.first.event);
  service.store.close();
  world.first.accepted = status < 300;
}

async function live(world: World, event: string | null, death: Death) {
  const child = fork(program, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const exited = once(child, 'exit');
  const reports: Report[] = [];
  child.on('message', (report: Report) => reports.push(report));
  const kill = () => child.kill('SIGKILL');
  if (death.when === 'F&O accepts') {
    world.watch.onHappening = ({ kind }) => void (kind === 'requeue-accepted' && kill());
  }
  const stopWaiting = death.when === 'F&O is asked' ? killAtRequest(world.sandbox, kill) : () => undefined;
  child.send({
    settings: world.settings,
    now: world.clock.now().getTime(),
    uptimeMs: world.clock.uptimeMs(),
    event,
    ...('diesAt' in death ? death : { diesAt: 0, when: 'before' }),
  } satisfies Errand);
  const [code, signal]: unknown[] = await exited;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error('The process failed otherwise than it was to.');
  stopWaiting();
  world.watch.onHappening = () => undefined;
  world.sandbox.faults.clear();
  const report = reports.at(-1);
  return { answered: report?.answered ?? null, ios: report?.ios ?? [], died: code !== 0 };
}

/** F&O has the request, has not acted, and never will: its connection ends with the process. */
function killAtRequest(sandbox: Sandbox, kill: () => void): () => void {
  sandbox.faults.add({ kind: 'hang', committed: false }, { on: 'action' });
  const before = sandbox.requests.length;
  const timer = setInterval(() => {
    if (sandbox.requests.slice(before).some(({ route }) => route === 'action')) kill();
  }, 2);
  return () => clearInterval(timer);
}

/** What comes after: F&O's other two tries, a day, and the rest of the episode. Resolves to what went wrong. */
async function sequel(world: World, service: Composed, maxRetries: number): Promise<string[]> {
  const { sandbox, clock, first } = world;
  const found: string[] = [];
  for (let attempt = 2; attempt <= 3 && !first.accepted; attempt++) {
    await clock.advance(1000);
    first.accepted = (await service.deliver(first.event)).status < 300;
  }
  if (!first.accepted) found.push('the failure was not accepted in three tries');
  await pass(clock, service, 20, minute / 2);
  const { EventId: eventId } = z.object({ EventId: z.string() }).parse(JSON.parse(first.event));
  const decisions = await decisionsOn(service, eventId);
  if (!decisions.some((decision) => ['requeued', 'superseded'].includes(decision)))
    found.push(`the failure reached no final decision, only ${decisions.join(', ') || 'none'}`);
  if (sandbox.job(jobId).status === 'Error') found.push('the job stays in Error though budget is left');

  const healed = sandbox.job(jobId).status === 'Finished';
  const expected = maxRetries + (healed ? sandbox.requeues(jobId) : 0);
  sandbox.setScript(jobId, { kind: 'always-fail' });
  if (healed) sandbox.setStatus(jobId, 'Waiting');
  for (let run = 1; run <= maxRetries + 2 && sandbox.job(jobId).status === 'Waiting'; run++) {
    await clock.advance(minute);
    await sandbox.run(jobId);
    const { status } = await service.deliver(sandbox.failedEvent(jobId));
    if (status >= 300) found.push(`a healthy service answers ${status}`);
    await pass(clock, service, 2, minute);
  }
  await pass(clock, service, 5, 300 * minute);

  const requeues = sandbox.requeues(jobId);
  if (requeues !== expected) found.push(`F&O accepted ${requeues} requeues, not ${expected}`);
  if (isDoubled(world.happenings)) found.push('F&O accepted two requeues for one failure');
  const left = jobView.parse(await service.get('get-batch-job', { jobId }));
  if (left.state !== 'exhausted' || left.retriesUsed !== maxRetries || left.dueAt !== null)
    found.push(`in the end the job is ${JSON.stringify(left)}`);
  const announced = service.lines.filter((line) => line.includes('ATTENTION')).length;
  if (announced !== 1) found.push(`exhaustion was announced ${announced} times`);
  return found;
}

async function pass(clock: ManualClock, { service }: Composed, times: number, stepMs: number): Promise<void> {
  for (let passed = 0; passed < times; passed++) {
    await clock.advance(stepMs);
    for (let rounds = 0; (await service.pollWorkQueue()) > 0; rounds++)
      if (rounds > 50) throw new Error('There is always more work that is due.');
  }
}

async function decisionsOn(service: Composed, eventId: string): Promise<string[]> {
  const { value } = history.parse(await service.get('batch-job-history', { jobId }));
  return value.flatMap((entry) => (entry.eventId === eventId && entry.decision ? [entry.decision] : []));
}

/** Two accepted with no failure between them. */
function isDoubled(happenings: readonly Happening[]): boolean {
  const told = happenings.filter(({ kind }) => kind === 'requeue-accepted' || kind === 'job-failed');
  return told.some(({ kind }, index) => kind === 'requeue-accepted' && told[index - 1]?.kind === kind);
}
