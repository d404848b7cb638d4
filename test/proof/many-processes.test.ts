import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { deliverToFour, timeoutMs } from './many-processes.ts';

const events = Number(process.env['PROOF_EVENTS'] ?? 2000);

const folder = mkdtempSync(join(tmpdir(), 'many-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(
  'four processes on one SQLite file requeue each failure once, though each event comes to three of them',
  async () => {
    const store = { STORE: `sqlite:${join(folder, 'many.sqlite')}` };
    const { requeues, model } = await deliverToFour('SQLite', events, 12, store);
    expect(requeues).toEqual(model);
  },
  timeoutMs(events),
);
