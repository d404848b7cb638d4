import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { aService, failureEvent } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-late-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One process decides a failure. Just before it writes, another one has decided the same, and `ms` have passed. */
async function decidedElsewhere(ms: number) {
  const clock = new ManualClock();
  const settings = { STORE: `sqlite:${join(folder, `${ms}.sqlite`)}`, WATCH_EVERY: 'off' };
  await using other = await aService({ clock, settings });
  const event = await failureEvent(other);
  other.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'read', times: 9 });
  let decided: Promise<unknown> | null = null;
  const decideElsewhere = async () => {
    await other.deliver(event);
    await clock.advance(ms);
  };
  const wrapLedger = (ledger: Ledger): Ledger => ({
    ...ledger,
    read: (key, eventId) => ledger.read(key, eventId),
    updateEnvironment: (environment, change) => ledger.updateEnvironment(environment, change),
    write: async (key, version, change) => {
      await (decided ??= decideElsewhere());
      return ledger.write(key, version, change);
    },
  });
  await using late = await aService({ clock, settings, fno: other.sandbox, wrapLedger });
  return late.deliver(event);
}

test('a process that has no time left to write answers with what another one has decided of the same event', async () => {
  expect(await decidedElsewhere(4600)).toMatchObject({
    status: 202,
    body: { decision: 'duplicate', dueAt: expect.any(String) },
  });
});

test('a process that has no time left to read either asks for another delivery', async () => {
  expect(await decidedElsewhere(6100)).toMatchObject({ status: 503 });
});
