import { expect, test } from 'vitest';
import { listen } from '../../../src/hosts/node/listen.ts';
import { addDemoJobs, demoPolicy, playDemo } from '../../../src/sandbox/demo.ts';
import { aService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

test('within 30 seconds the demo shows a requeue, a recovery, an ignored job and an exhausted one', async () => {
  const clock = new ManualClock();
  const told = { ended: 0, delivered: 0 };
  await using service = await aService({
    clock,
    jobs: [],
    policy: demoPolicy,
    sandbox: {
      autoRun: { pickupMs: 1000, runMs: 3000 },
      onHappening: ({ kind }) => {
        if (kind === 'job-failed' || kind === 'job-finished') told.ended += 1;
        if (kind === 'event-delivered') told.delivered += 1;
      },
    },
  });
  addDemoJobs(service.sandbox);
  const host = await listen(service.service, { host: '127.0.0.1', port: 0, functionKey: null });
  await service.sandbox.activateEndpoint(`${host.url}/business-events`);
  const stop = new AbortController();
  const played = playDemo(service.sandbox, stop.signal);

  for (let seconds = 0; seconds < 30; seconds++) {
    await clock.advance(1000);
    // A delivery is a real request: the clock stands still until it is answered.
    await expect.poll(() => told.delivered).toBe(told.ended);
    await service.service.pollWorkQueue();
  }

  stop.abort();
  await played;
  await host.close();
  const shown = service.lines.map((line) => line.slice(10, 22).trim());
  for (const what of ['ignored', 'requeued', 'recovered', 'exhausted', 'ATTENTION', 'shadow'])
    expect(shown).toContain(what);
  expect(service.sandbox.requeues('5637144580')).toBe(5);
  expect(service.sandbox.requeues('5637144588')).toBe(0);
});
