import { expect, test } from 'vitest';
import { addDemoJobs, demoPolicy, playDemo } from '../../src/sandbox/demo.ts';
import type { Happening } from '../../src/sandbox/happening.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aClient } from './fno-client.ts';

const requeued = ['5637144576', '5637144580', '9223372036854775806'];

/** Plays the demo for a while against a service that requeues three of the jobs when they fail, up to five times. */
async function playFor(ms: number): Promise<Happening[]> {
  const clock = new ManualClock();
  const happenings: Happening[] = [];
  const failed = new Set<string>();
  const onHappening = (happening: Happening): void => {
    happenings.push(happening);
    if (happening.kind === 'job-failed') failed.add(happening.jobId);
  };
  await using sandbox = await startSandbox({ clock, autoRun: { pickupMs: 1000, runMs: 1500 }, onHappening });
  addDemoJobs(sandbox);
  const client = await aClient(sandbox);
  const stopping = new AbortController();
  const playing = playDemo(sandbox, stopping.signal);
  for (let passed = 0; passed < ms; passed += 500) {
    await clock.advance(500);
    for (const jobId of requeued) {
      if (failed.delete(jobId) && sandbox.requeues(jobId) < 5) await client.setToWaiting(jobId);
    }
  }
  stopping.abort();
  await playing;
  return happenings;
}

test('within a minute one job heals, one is given up, and the others fail once', async () => {
  const happenings = await playFor(60_000);
  const runs: Record<string, string> = {};
  for (const happening of happenings) {
    if (happening.kind !== 'job-failed' && happening.kind !== 'job-finished') continue;
    runs[happening.jobId] = (runs[happening.jobId] ?? '') + (happening.kind === 'job-failed' ? 'x' : '.');
  }
  expect(runs).toEqual({
    '5637144576': 'xx.',
    '5637144580': 'xxxxxx',
    '5637144584': 'x',
    '5637144588': 'x',
    '9223372036854775806': 'x.',
  });
});

test('afterwards a nightly round comes about every minute, for as long as someone watches', async () => {
  const happenings = await playFor(10 * 60_000);
  const starts = happenings.filter(({ kind }) => kind === 'job-started').length;
  expect(starts).toBeGreaterThan(30);
  expect(starts).toBeLessThan(60);
});

test('the policy is plain JSON and leaves at least one job out', () => {
  expect(JSON.parse(JSON.stringify(demoPolicy))).toEqual(demoPolicy);
  expect(JSON.stringify(demoPolicy)).not.toContain('5637144588');
});
