import { expect, test } from 'vitest';
import { addDemoJobs, demoPolicy, playDemo } from '../../src/sandbox/demo.ts';
import { aService } from '../helpers/a-service.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { listen } from '../../src/hosts/node.ts';

test('within a minute the demo shows a requeue, an ignored job and an exhausted one', async () => {
  const clock = new ManualClock();
  const told = { 'job-failed': 0, 'event-delivered': 0 };
  await using service = await aService({
    clock,
    jobs: [],
    policy: demoPolicy,
    sandbox: {
      autoRun: { pickupMs: 1000, runMs: 1500 },
      onHappening: ({ kind }) => {
        if (kind === 'job-failed' || kind === 'event-delivered') told[kind] += 1;
      },
    },
  });
  addDemoJobs(service.sandbox);
  const host = await listen(service.service, { host: '127.0.0.1', port: 0, functionKey: null });
  await service.sandbox.activateEndpoint(`${host.url}/business-events`);
  const stop = new AbortController();
  const played = playDemo(service.sandbox, stop.signal);

  for (let seconds = 0; seconds < 60; seconds++) {
    await clock.advance(1000);
    // A delivery is a real request: the clock stands still until it is answered.
    await expect.poll(() => told['event-delivered']).toBe(told['job-failed']);
    await service.service.doDueWork();
  }

  stop.abort();
  await played;
  await host.close();
  const shown = service.lines.map((line) => line.slice(10, 22).trim());
  for (const what of ['ignored', 'requeued', 'exhausted', 'ATTENTION', 'shadow'])
    expect(shown).toContain(what);
  expect(service.sandbox.requeues('5637144580')).toBe(5);
  expect(service.sandbox.requeues('5637144588')).toBe(0);
});
