import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Fault } from '../../../src/sandbox/faults.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { nightlyPosting, readAnswer } from '../../helpers/a-service.ts';
import { everyJob } from '../../helpers/policies.ts';
import { startFunctionsApp } from '../start-functions-app.ts';

const entry = new URL('../../../src/hosts/azure/main.ts', import.meta.url);
const { jobId } = nightlyPosting;

/** What the host gives a worker: WorkerTerminateGracePeriodInSeconds in its WorkerConstants.cs. */
const graceMs = 5000;

test.each<[title: string, fault: Fault, status: number, decision: string]>([
  ['F&O answers in two seconds', { kind: 'delay', ms: 1500 }, 200, 'requeued'],
  ['F&O does not answer', { kind: 'hang' }, 202, 'deferred'],
])('a worker that is ended finishes the request under way: %s', async (_title, fault, status, decision) => {
  await using sandbox = await startSandbox();
  sandbox.addJob(nightlyPosting);
  await using app = await startFunctionsApp(entry, {
    FNO_ORG_URL: sandbox.orgUrl,
    ...sandbox.identityEnvironment,
    RETRY_POLICY: JSON.stringify(everyJob),
    STORE: 'sqlite::memory:',
  });
  // Signing in is loaded by the first request that needs F&O.
  expect((await fetch(`${app.url}/environments/default/batch-jobs`)).status).toBe(200);
  await sandbox.run(jobId);
  sandbox.faults.add(fault, { on: 'action' });
  const sent = fetch(`${app.url}/business-events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: sandbox.failedEvent(jobId),
  });
  await sleep(400);
  const tookMs = app.terminate();

  expect(await readAnswer(await sent)).toMatchObject({ status, body: { decision, jobId } });
  expect(await tookMs).toBeLessThan(graceMs);
});

test('a worker at rest ends at once', async () => {
  await using app = await startFunctionsApp(entry, {
    FNO_ORG_URL: 'https://contoso.operations.dynamics.com',
    RETRY_POLICY: JSON.stringify(everyJob),
    STORE: 'sqlite::memory:',
  });
  expect((await fetch(`${app.url}/health`)).status).toBe(200);
  expect(await app.terminate()).toBeLessThan(1500);
});
