import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { SimulatedLogs } from '../../src/sandbox/simulated-logs.ts';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { everyJob } from '../helpers/policies.ts';
import { type Composed, composeService, nothingAround, type Settings } from './compose-service.ts';
import { Dying, type Slow } from './dying.ts';
import { someOf } from './some-of.ts';

const minute = 60_000;
const jobId = '5637144576';
const workspaceId = '7d5a1f0e-6c0b-4f3e-9a51-0f6d3c2e8b14';

const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'crash-cause-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type World = {
  sandbox: Sandbox;
  clock: ManualClock;
  logs: SimulatedLogs;
  settings: Settings;
  text: string | null;
  runs: number;
};

type Scenario = {
  name: string;
  maxRetries: number;
  /** The words that the events themselves bring. */
  text: string | null;
  /** What an earlier process did well. Resolves to what the process does that dies. */
  before: (world: World) => Promise<(service: Composed) => Promise<unknown>>;
  /** Whether F&O delivers again what got no 2xx. */
  again: boolean;
  /** Which of its deaths `npm test` plays: each third where the cause is at stake. */
  every?: number;
};

const receives = (world: World) => {
  const event = eventOf(world);
  return Promise.resolve((service: Composed) => service.deliver(event));
};

const scenarios: Scenario[] = [
  { name: 'receives a failure', maxRetries: 5, text: null, before: receives, again: true },
  {
    name: 'receives a failure that nobody delivers again',
    maxRetries: 5,
    text: null,
    before: receives,
    again: false,
  },
  {
    name: 'receives a failure with its text',
    maxRetries: 5,
    text: 'Account 1.',
    before: receives,
    again: true,
  },
  {
    name: 'receives the last failure of an episode',
    maxRetries: 1,
    text: null,
    again: true,
    before: async (world) => {
      await once(world, (service) => service.deliver(eventOf(world)));
      await failAgain(world);
      return receives(world);
    },
  },
  {
    name: 'finds a failure whose event was lost',
    every: 8,
    maxRetries: 5,
    text: null,
    again: false,
    before: async ({ clock }) => {
      await clock.advance(6 * minute);
      return ({ service }) => service.watch();
    },
  },
  {
    name: 'follows a requeue whose run failed without an event',
    every: 8,
    maxRetries: 5,
    text: null,
    again: false,
    before: async (world) => {
      await once(world, (service) => service.deliver(eventOf(world)));
      await failAgain(world);
      return ({ service }) => service.pollWorkQueue();
    },
  },
  {
    name: 'looks for a cause',
    every: 8,
    maxRetries: 5,
    text: null,
    again: false,
    before: async (world) => {
      await once(world, (service) => service.deliver(eventOf(world)));
      await world.clock.advance(2 * minute);
      return async ({ service }) => {
        while ((await service.pollWorkQueue()) > 0);
      };
    },
  },
];

let files = 0;

for (const [number, scenario] of scenarios.entries()) {
  test(`a process that ${scenario.name} may die before and after each I/O: the cause is found, once`, async () => {
    const { ios, violations } = await play(scenario, new Dying(Infinity, 'before', null));
    const slow: Slow[] = ['queue.enqueue', 'ledger.write'];
    const deaths = ios.flatMap((_, index) =>
      (['before', 'after'] as const).flatMap((when) => slow.map((port) => new Dying(index + 1, when, port))),
    );
    const played = someOf(deaths, number, scenario.every ?? 3);
    for (const dying of played) violations.push(...(await play(scenario, dying)).violations);
    console.log(`Crashes and causes: ${scenario.name}: ${ios.length} steps, ${played.length} deaths`);
    expect(violations).toEqual([]);
  }, 120_000);
}

/** A run fails, a process deals with it and dies, and another one takes over. */
async function play(scenario: Scenario, dying: Dying): Promise<{ ios: string[]; violations: string[] }> {
  const clock = new ManualClock();
  await using sandbox = await startSandbox({ clock });
  await using logs = await SimulatedLogs.open({ clock, identity: sandbox.identity, knows: [workspaceId] });
  sandbox.addJob({ jobId, description: 'Nightly posting', script: { kind: 'always-fail' } });
  const settings: Settings = {
    orgUrl: sandbox.orgUrl,
    identity: sandbox.identityEnvironment,
    store: `sqlite:${join(folder, `${++files}.sqlite`)}`,
    policy: { defaults: { maxRetries: scenario.maxRetries }, ...everyJob },
    errorTextField: 'ErrorText',
    logs: { url: logs.url, workspaceId },
  };
  const world: World = { sandbox, clock, logs, settings, text: scenario.text, runs: 0 };
  await once(world, ({ service }) => service.watch());
  await failAgain(world);
  const act = await scenario.before(world);
  const event = eventOf(world);

  const first = await composeService(settings, clock, dying.around);
  const answered = await Promise.race([act(first), dying.died]);
  const second = await composeService(settings, clock, nothingAround);
  try {
    if (scenario.again && !isAccepted(answered)) await second.deliver(event);
    await goOn(world, second);
    const wanted =
      scenario.text === null ? Array.from({ length: world.runs }, (_, n) => textOf(n + 1)) : [scenario.text];
    const kept = await second.store.causes.since('default', new Date(0), null, 100);
    const found = { history: await causesOf(second), causes: kept.map(({ text }) => text) };
    const violations = Object.entries(found).flatMap(([where, texts]) =>
      texts.toSorted().join() === wanted.join()
        ? []
        : [`${dying.toString()}: ${where} has ${texts.join() || 'none'}`],
    );
    return { ios: dying.ios, violations };
  } finally {
    first.store.close();
    second.store.close();
  }
}

/** A process that does one thing well. */
async function once({ settings, clock }: World, act: (service: Composed) => Promise<unknown>): Promise<void> {
  const service = await composeService(settings, clock, nothingAround);
  await act(service);
  service.store.close();
}

/** The job runs and fails, and F&O's telemetry shows its text a little later. */
async function failAgain(world: World): Promise<void> {
  const { clock, sandbox, logs } = world;
  await clock.advance(minute);
  await sandbox.run(jobId);
  world.runs += 1;
  const row = { at: clock.now(), kind: 'infolog', jobId, text: textOf(world.runs) } as const;
  if (world.text === null) logs.add({ ...row, arrivesAfterMs: 90_000 });
}

function textOf(run: number): string {
  return `Account ${run} is blocked.`;
}

function eventOf({ sandbox, text }: World): string {
  const event = sandbox.failedEvent(jobId);
  return text === null ? event : event.replace(/}$/, `,"ErrorText":${JSON.stringify(text)}}`);
}

function isAccepted(answered: unknown): boolean {
  const { success, data } = z.object({ status: z.number() }).safeParse(answered);
  return success && data.status < 300;
}

async function goOn({ clock }: World, { service }: Composed): Promise<void> {
  for (let passed = 0; passed < 18; passed += 1) {
    await clock.advance(minute);
    if (passed % 5 === 0) await service.watch();
    if (passed === 11) await service.sweep();
    while ((await service.pollWorkQueue()) > 0);
  }
}

async function causesOf(service: Composed): Promise<string[]> {
  const history = z.object({ value: z.array(z.object({ kind: z.string(), reason: z.string() })) });
  const { value } = history.parse(await service.get('batch-job-history', { jobId }));
  return value.flatMap(({ kind, reason }) => (kind === 'cause' ? reason : []));
}
