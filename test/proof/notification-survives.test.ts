import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { healthy } from '../../src/ports/subscriptions.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { startCallbackServer } from '../helpers/callback-server.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { everyJob } from '../helpers/policies.ts';
import { bundle } from './bundle.ts';
import { composeService, nothingAround, type Settings } from './compose-service.ts';
import type { Errand, Report } from './dying-process.ts';

import { someOf } from './some-of.ts';

const minute = 60_000;
const jobId = '5637144576';
const folder = mkdtempSync(join(tmpdir(), 'notification-'));
const program = join(folder, 'dying-process.mjs');
beforeAll(() => bundle(new URL('./dying-process.ts', import.meta.url), program));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Death = Pick<Errand, 'diesAt' | 'when'>;
const notification = z.object({ notificationId: z.string(), event: z.string(), decision: z.string() });
let files = 0;

test('a notification survives kill -9 before and after each I/O between the decision and its delivery', async () => {
  const ios = await tell({ diesAt: Infinity, when: 'before' });
  expect(ios).toContain('subscribers.notify');
  const all = ios.flatMap((_, index): Death[] => [
    { diesAt: index + 1, when: 'before' },
    { diesAt: index + 1, when: 'after' },
  ]);
  const deaths = someOf(all, 0);
  await pMap(deaths, tell, { concurrency: 2 });
  console.log(`Notifications: ${ios.length} steps, ${deaths.length} deaths, each one published`);
}, 120_000);

/** A process dies with an exhausted job in its outbox; another takes over. Resolves to the I/Os of the first. */
async function tell(death: Death): Promise<string[]> {
  const clock = new ManualClock();
  await using server = await startCallbackServer();
  await using sandbox = await startSandbox({ clock });
  sandbox.addJob({ jobId, description: 'Nightly posting', script: { kind: 'always-fail' } });
  await clock.advance(minute);
  await sandbox.run(jobId);
  const settings: Settings = {
    orgUrl: sandbox.orgUrl,
    identity: sandbox.identityEnvironment,
    store: `sqlite:${join(folder, `${++files}.sqlite`)}`,
    policy: { defaults: { maxRetries: 1 }, ...everyJob },
    callbackHosts: server.origin,
  };
  const first = await composeService(settings, clock, nothingAround);
  await first.store.subscriptions.add({
    id: 'subscription',
    callbackUrl: `${server.origin}/callback`,
    events: ['exhausted'],
    environment: null,
    jobId: null,
    createdAt: clock.now(),
    ...healthy,
  });
  await first.deliver(sandbox.failedEvent(jobId));
  await clock.advance(minute);
  await sandbox.run(jobId);
  expect((await first.deliver(sandbox.failedEvent(jobId))).body).toMatchObject({ decision: 'exhausted' });
  first.store.close();

  await clock.advance(2000);
  const { ios } = await live(settings, clock, death);
  const second = await composeService(settings, clock, nothingAround);
  for (let passed = 0; passed < 6; passed++) {
    await clock.advance(minute / 2);
    while ((await second.service.pollWorkQueue()) > 0);
  }
  second.store.close();

  const told = server.received.map(({ body }) => notification.parse(body));
  expect({ ...death, ids: new Set(told.map(({ notificationId }) => notificationId)).size }).toEqual({
    ...death,
    ids: 1,
  });
  expect(told[0]).toMatchObject({ event: 'exhausted', decision: 'exhausted' });
  return ios;
}

async function live(settings: Settings, clock: ManualClock, death: Death): Promise<Report> {
  const child = fork(program, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const exited = once(child, 'exit');
  const reports: Report[] = [];
  child.on('message', (report: Report) => reports.push(report));
  child.send({
    settings,
    now: clock.now().getTime(),
    uptimeMs: clock.uptimeMs(),
    event: null,
    ...death,
  } satisfies Errand);
  await exited;
  return reports.at(-1) ?? { answered: null, ios: [] };
}
