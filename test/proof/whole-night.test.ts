import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { childEnvironment } from '../helpers/child-environment.ts';
import { violationsOf } from './whole-night/judge-night.ts';
import type { NightPlan, NightRecord } from './whole-night/night-record.ts';
import { nightTable } from './whole-night/night-table.ts';

const hours = Number(process.env['PROOF_NIGHT_HOURS'] ?? 8);

/** How many times as fast as this machine's the clock of the night is. */
const speed = Number(process.env['PROOF_NIGHT_SPEED'] ?? 60);

/** Debian's faketime gives a process, and all that it starts, a clock of their own. */
const whyNot =
  hours === 0
    ? 'npm run proof plays it'
    : spawnSync('faketime', ['--version']).status === 0
      ? null
      : 'faketime is not installed';

const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'whole-night-'));
/** The nights that are under way: one may be given up. Each has a process group of its own. */
const underWay = new Set<number>();
afterAll(() => {
  for (const pid of underWay) process.kill(-pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const withoutEvents = { hours, seed, lostRate: null, hasHistory: false, hasTelemetry: false };
const plans: NightPlan[] = [
  { name: '10 % of the events lost', hours, seed, lostRate: 0.1, hasHistory: true, hasTelemetry: false },
  { ...withoutEvents, name: 'no events, but the batch history', hasHistory: true },
  { ...withoutEvents, name: 'no events, but telemetry', hasTelemetry: true },
  { ...withoutEvents, name: 'neither events nor history nor telemetry' },
];
const chosen = process.env['PROOF_NIGHT_ONLY'];

describe.skipIf(whyNot !== null)(`a whole night of two processes, one of which is killed${note()}`, () => {
  test.concurrent.each(plans.filter(({ name }) => chosen === undefined || name.includes(chosen)))(
    '$name',
    async (plan) => {
      const night = await play(plan);
      const violations = violationsOf(plan, night);
      print(plan, night, violations);
      expect(violations, `SEED=${seed}`).toEqual([]);
      expect(night.death).not.toBeNull();
    },
    // A second for each minute, and the time to begin.
    ((hours + 2) * 3_600_000) / speed + 120_000,
  );
});

function print(plan: NightPlan, night: NightRecord, violations: string[]): void {
  const { jobs, notifications, ...rest } = night;
  const ofKilled = jobs.find(({ jobId }) => jobId === night.death?.jobId)?.history ?? [];
  const whatBecame = ofKilled.map(({ at, kind, decision, reason }) => `${at} ${decision ?? kind}: ${reason}`);
  const ofEvent = Map.groupBy(notifications, ({ event }) => event);
  const notified = Object.fromEntries([...ofEvent].map(([event, all]) => [event, all.length]));
  const told = { notified, ...rest, whatBecame, violations };
  console.log(
    `A night of ${hours} h at ${speed} times the speed, SEED=${seed}: ${plan.name}\n` +
      `${nightTable(plan, night)}\n${JSON.stringify(told, null, 2)}`,
  );
}

function note(): string {
  return whyNot === null ? '' : ` (${whyNot})`;
}

async function play(plan: NightPlan): Promise<NightRecord> {
  const into = mkdtempSync(join(folder, 'one-'));
  const program = join(import.meta.dirname, 'whole-night/play-night.ts');
  const args = ['-f', `+0 x${speed}`, process.execPath, '--disable-warning=ExperimentalWarning', program];
  const child = spawn('faketime', [...args, JSON.stringify(plan), into], {
    env: childEnvironment({}),
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const { pid = 0 } = child;
  underWay.add(pid);
  const [code]: unknown[] = await once(child, 'exit');
  underWay.delete(pid);
  if (code !== 0) throw new Error(`The night ended with ${String(code)}; SEED=${seed}`);
  return JSON.parse(readFileSync(join(into, 'record.json'), 'utf8'));
}
