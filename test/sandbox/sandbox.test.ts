import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Happening } from '../../src/sandbox/happening.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { aClient } from './fno-client.ts';
import { aWebhook } from './webhook.ts';

test('README example: a job fails, is requeued, and finishes', async () => {
  await using sandbox = await startSandbox();
  sandbox.addJob({ jobId: '5637144576', description: 'Posting', script: { kind: 'fail-times', times: 1 } });
  expect(await sandbox.run('5637144576')).toBe('failed');
  const fno = await aClient(sandbox);
  await fno.setToWaiting('5637144576');
  expect(await sandbox.run('5637144576')).toBe('finished');
  expect(sandbox.requeues('5637144576')).toBe(1);
});

test('two sandboxes know nothing of each other', async () => {
  await using one = await startSandbox();
  await using two = await startSandbox();
  one.addJob({ jobId: '1', description: 'Job', script: { kind: 'always-fail' } });
  two.addJob({ jobId: '1', description: 'Job', script: { kind: 'succeed' } });
  two.faults.add({ kind: 'forbidden' }, { on: 'any', times: Infinity });
  expect([await one.run('1'), await two.run('1')]).toEqual(['failed', 'finished']);
  const client = await aClient(one);
  expect((await client.setToWaiting('1')).status).toBe(200);
  expect((await client.get(`${two.orgUrl}/data/BatchJobs`)).status).toBe(401);
  expect([one.requeues('1'), two.requeues('1')]).toEqual([1, 0]);
  expect([one.tokensIssued, two.tokensIssued]).toEqual([1, 0]);
});

test('sandboxes of one tenant share tokens, each for its own address', async () => {
  await using one = await startSandbox();
  await using two = await startSandbox({ identity: one.identity });
  expect(two.identityEnvironment).toEqual(one.identityEnvironment);
  const client = await aClient(two);
  expect((await client.get('/data/BatchJobs')).status).toBe(200);
  expect((await client.get(`${one.orgUrl}/data/BatchJobs`)).status).toBe(401);
});

test('only loopback is listened on', async () => {
  await expect(startSandbox({ host: '0.0.0.0' })).rejects.toThrow('only on loopback, not on 0.0.0.0');
});

test('a sandbox that is down refuses connections, and comes back on the same port as it was', async () => {
  await using sandbox = await startSandbox();
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'succeed' } });
  const client = await aClient(sandbox);
  await sandbox.goDown();
  await expect(client.get('/data/BatchJobs(1)')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await sandbox.comeUp();
  expect((await client.get('/data/BatchJobs(1)')).status).toBe(200);
});

test('an observer gets what happens, in order', async () => {
  await using webhook = await aWebhook(200);
  const observed: string[] = [];
  const onHappening = ({ kind }: Happening): void => void observed.push(kind);
  await using sandbox = await startSandbox({ onHappening });
  await sandbox.activateEndpoint(webhook.url);
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'fail-times', times: 1 } });
  await sandbox.run('1');
  await sandbox.idle();
  const client = await aClient(sandbox);
  await client.setToWaiting('1');
  await client.setToWaiting('2');
  await sandbox.run('1');
  sandbox.setStatus('1', 'Canceled');
  expect(observed).toEqual([
    'job-started',
    'job-failed',
    'event-delivered',
    'requeue-accepted',
    'requeue-refused',
    'job-started',
    'job-finished',
    'job-canceled',
  ]);
});

test('stopping ends every connection, run and delivery at once', async () => {
  await using webhook = await aWebhook(200, null);
  const sandbox = await startSandbox({ autoRun: { pickupMs: 60_000, runMs: 60_000 } });
  await sandbox.activateEndpoint(webhook.url);
  sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'always-fail' } });
  sandbox.addJob({ jobId: '2', description: 'Long', script: { kind: 'succeed' } });
  await sandbox.run('1');
  const running = sandbox.run('2', 60_000);
  const client = await aClient(sandbox);
  const idle = connect({ host: '127.0.0.1', port: Number(new URL(sandbox.orgUrl).port) });
  idle.on('error', () => {});
  const closed = new Promise((resolve) => idle.once('close', resolve));
  sandbox.faults.add({ kind: 'hang' }, { on: 'action' });
  sandbox.faults.add({ kind: 'delay', ms: 60_000 }, { on: 'read' });
  const hanging = Promise.allSettled([client.setToWaiting('1'), client.get('/data/BatchJobs(1)')]);
  await expect.poll(() => sandbox.requests.length).toBe(3);
  await sandbox.stop();
  expect((await hanging).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await running).toBe('interrupted');
  await closed;
  await sandbox.stop();
});

test('a request is recorded with the port that it came from', async () => {
  await using sandbox = await startSandbox();
  const request = get(sandbox.orgUrl);
  const [answer]: IncomingMessage[] = await once(request, 'response');
  expect(sandbox.requests.at(-1)?.clientPort).toBe(request.socket?.localPort);
  answer?.destroy();
});

test('after stopping, nothing keeps the process alive', async () => {
  const script = `
    import { startSandbox } from './src/sandbox/sandbox.ts';
    const sandbox = await startSandbox({ autoRun: { pickupMs: 60000, runMs: 60000 } });
    sandbox.addJob({ jobId: '1', description: 'Job', script: { kind: 'succeed' } });
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = sandbox.identityEnvironment;
    sandbox.faults.add({ kind: 'delay', ms: 60000 }, { on: 'token' });
    fetch(IDENTITY_ENDPOINT, { headers: { 'x-identity-header': IDENTITY_HEADER } }).catch(() => {});
    while (sandbox.requests.length === 0) await new Promise(setImmediate);
    await sandbox.stop();
    console.log('stopped');`;
  const args = ['--input-type=module-typescript', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
  expect(stdout.trim()).toBe('stopped');
});
