import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqlite } from '../../src/adapters/sqlite/open-sqlite.ts';
import { hiddenMs } from '../../src/ports/work-queue.ts';
import { workQueueContract } from '../contract/work-queue-contract.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;

workQueueContract('SQLite', () => {
  const file = join(folder, `${++stores}.sqlite`);
  const clock = new ManualClock();
  return Promise.resolve({
    open: () => openSqlite(file, clock).queue,
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    hiddenMs,
  });
});
