import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import { causesContract } from '../../contract/causes-contract.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;

causesContract('SQLite', () => {
  const file = join(folder, `${++stores}.sqlite`);
  return () => openSqlite(file, new ManualClock()).causes;
});
