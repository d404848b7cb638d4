import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { visibilityTimeoutMs } from '../../../src/ports/work-queue.ts';
import { workQueueContract } from '../../contract/work-queue-contract.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { aWake } from '../../helpers/work-items.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

const second = 1000;
const hour = 3_600_000;
let stores = 0;
const aFile = () => join(folder, `${++stores}.sqlite`);

workQueueContract('SQLite', () => {
  const file = aFile();
  const clock = new ManualClock();
  return Promise.resolve({
    open: () => openSqlite(file, clock).queue,
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    visibilityTimeoutMs,
  });
});

test('a clock that is set forward by an hour delivers nothing before its delay has really passed', async () => {
  const clock = new SettableClock();
  const { queue } = openSqlite(aFile(), clock);
  await queue.enqueue(aWake({ dueAt: clock.now() }), { delayMs: 30 * second });
  clock.set(hour);
  expect(await queue.receive(10)).toEqual([]);
  clock.pass(29 * second);
  expect(await queue.receive(10)).toEqual([]);
  clock.pass(second);
  const [received] = await queue.receive(10);
  expect(received).toMatchObject({ item: { kind: 'wake' } });

  clock.set(hour);
  clock.pass(59 * second);
  expect(await queue.receive(10), 'what was delivered is invisible by the same rule').toEqual([]);
  if (received) await queue.postpone(received, 50 * second);
  clock.set(hour);
  clock.pass(49 * second);
  expect(await queue.receive(10), 'and so is what was given back').toEqual([]);
  clock.pass(second);
  expect(await queue.receive(10)).toHaveLength(1);
});

test('after the machine was restarted, and its uptime begins again, the time of day decides', async () => {
  const clock = new SettableClock();
  const file = aFile();
  clock.pass(100 * hour);
  await openSqlite(file, clock).queue.enqueue(aWake({ dueAt: clock.now() }), { delayMs: 30 * second });
  clock.restart();
  clock.pass(30 * second);
  expect(await openSqlite(file, clock).queue.receive(10)).toHaveLength(1);
});

/** A clock that people set, on a machine that can be restarted. */
class SettableClock implements Clock {
  #now = Date.UTC(2026, 2, 2, 1);
  #uptimeMs = 0;

  now(): Date {
    return new Date(this.#now);
  }

  uptimeMs(): number {
    return this.#uptimeMs;
  }

  sleep(): Promise<void> {
    return Promise.resolve();
  }

  alarm(): () => void {
    return () => undefined;
  }

  set(aheadMs: number): void {
    this.#now += aheadMs;
  }

  pass(ms: number): void {
    this.#now += ms;
    this.#uptimeMs += ms;
  }

  restart(): void {
    this.#uptimeMs = 0;
  }
}
