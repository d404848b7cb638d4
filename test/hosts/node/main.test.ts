import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { type Answer, aService, failureEvent, nightlyPosting, readAnswer } from '../../helpers/a-service.ts';
import { childEnvironment } from '../../helpers/child-environment.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';

const { jobId } = nightlyPosting;
const children = new Set<ChildProcess>();
const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));

afterEach(async () => {
  await Promise.all([...children].map(kill));
  rmSync(folder, { recursive: true, force: true });
});

test('with FNO_ORG_URL set it uses that F&O, through the real @azure/identity, and starts no simulated one', async () => {
  await using sandbox = await aSandbox();
  const service = await start(settingsFor(sandbox, 'own-fno'));

  const { status, body } = await service.deliver(await failureEvent(sandbox));

  expect({ status, body }).toMatchObject({
    status: 200,
    body: { decision: 'requeued', policy: 'Every job' },
  });
  expect(sandbox.requeues(jobId)).toBe(1);
  expect(sandbox.tokensIssued).toBe(1);
  expect(service.output.join('\n')).not.toMatch(/simulated/);
  await expect
    .poll(() => service.output.at(-1))
    .toMatch(
      /^\d\d:\d\d:\d\d {2}requeued {4}5637144576 Nightly posting +Failure 1 of this episode; F&O set the job to waiting\. \(retry 1 of 5\)$/,
    );
});

test('the sixth failure is exhausted although the process was killed after each of the five before', async () => {
  await using sandbox = await aSandbox();
  const settings = settingsFor(sandbox, 'killed');
  for (let retry = 1; retry <= 5; retry++) {
    const service = await start(settings);
    await service.deliver(await failureEvent(sandbox));
    await prints(service, `(retry ${retry} of 5)`);
    await kill(service.child);
  }

  const service = await start(settings);
  await service.deliver(await failureEvent(sandbox));
  await prints(service, 'exhausted');
  expect(sandbox.requeues(jobId)).toBe(5);
}, 300_000);

/** A service that loads @azure/identity too slowly for its answer defers the failure, and decides it a minute later. */
async function prints({ output }: { output: string[] }, text: string): Promise<void> {
  await expect.poll(() => output.join('\n'), { timeout: 100_000 }).toContain(text);
}

test('a process killed while F&O answers leaves a claim, which the status in F&O settles without a second request', async () => {
  await using sandbox = await aSandbox();
  sandbox.faults.add({ kind: 'hang', committed: true }, { on: 'action' });
  const settings = settingsFor(sandbox, 'in-flight');
  const { child, deliver } = await start(settings);
  const event = await failureEvent(sandbox);
  const delivery = deliver(event).catch(() => 'cut off');
  await expect.poll(() => sandbox.requeues(jobId), { timeout: 10_000 }).toBe(1);
  await kill(child);
  expect(await delivery).toBe('cut off');

  const clock = new ManualClock(new Date());
  await using later = await aService({ clock, settings, sandbox: { identity: sandbox.identity } });
  expect((await later.deliver(event)).body).toMatchObject({ decision: 'duplicate' });
  await clock.advance(60_000);
  expect(await later.service.pollWorkQueue()).toBeGreaterThan(0);

  expect((await later.get(`batch-jobs/${jobId}`)).body).toMatchObject({ state: 'requeued', retriesUsed: 1 });
  expect(sandbox.requeues(jobId)).toBe(1);
});

test('a wrong setting stops the start with one line that names it', async () => {
  const { code, output } = await startAndExit({
    FNO_ORG_URL: 'http://contoso.operations.dynamics.com',
    RETRY_POLICY: JSON.stringify(everyJob),
  });

  expect(code).toBe(1);
  expect(output).toEqual([
    'FNO_ORG_URL: found "http://contoso.operations.dynamics.com", which would send the token unprotected; expected the address of F&O with https:// and nothing after the host, such as https://contoso.operations.dynamics.com.',
  ]);
});

test('a port that is in use stops the start with one line that names the setting', async () => {
  await using sandbox = await aSandbox();
  const port = new URL(sandbox.orgUrl).port;
  const { code, output } = await startAndExit({ ...settingsFor(sandbox, 'port'), PORT: port });

  expect(code).toBe(1);
  expect(output).toEqual([`PORT: found ${port}, which is in use; expected a free port.`]);
});

test('it stops on SIGTERM', async () => {
  await using sandbox = await aSandbox();
  const { child } = await start(settingsFor(sandbox, 'sigterm'));
  child.kill('SIGTERM');

  expect(await once(child, 'exit')).toEqual([0, null]);
});

async function aSandbox(): Promise<Sandbox> {
  // Its jobs run a minute apart on its own clock: runs whose ends are seconds apart would be one.
  const sandbox = await startSandbox({ clock: new ManualClock(new Date()) });
  sandbox.addJob(nightlyPosting);
  return sandbox;
}

function settingsFor(sandbox: Sandbox, store: string): Record<string, string> {
  return {
    FNO_ORG_URL: sandbox.orgUrl,
    ...sandbox.identityEnvironment,
    RETRY_POLICY: JSON.stringify(everyJob),
    STORE: `sqlite:${join(folder, `${store}.sqlite`)}`,
  };
}

async function start(settings: Record<string, string>) {
  const { child, output } = run(settings);
  const listening = /^Listening on (\S+)$/;
  await expect.poll(() => output.some((line) => listening.test(line)), { timeout: 30_000 }).toBe(true);
  const url = output.map((line) => listening.exec(line)?.[1]).find((found) => found !== undefined);
  const deliver = async (body: string): Promise<Answer> =>
    readAnswer(
      await fetch(`${url}/business-events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
    );
  return { child, output, deliver };
}

async function startAndExit(settings: Record<string, string>) {
  const { child, output } = run(settings);
  const [code]: unknown[] = await once(child, 'close');
  return { code, output };
}

function run(settings: Record<string, string>) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/hosts/node/main.ts'], {
    env: childEnvironment({ PORT: '0', ...settings }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => output.push(line));
  }
  return { child, output };
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
