import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { aWebhook } from './webhook.ts';

interface Started {
  child: ChildProcess;
  output: { out: string; err: string };
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, ['src/sandbox/main.ts', ...args]);
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  return { child, output };
}

test.each([
  [['--port', 'x'], '--port x: expected 0 to 65535'],
  [['--seed', '-'], /seed/],
  [['--endpoint', 'http://example.com/'], '--endpoint http://example.com/: expected an http URL on loopback'],
  [['--bogus'], /--bogus/],
])('bad arguments %j give one line and exit 2', async (args, message) => {
  const { child, output } = start(...args);
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(output.err.trim()).toMatch(message);
  expect(output.err.trim().split('\n')).toHaveLength(1);
});

test('--help shows the usage', async () => {
  const { child, output } = start('--help');
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(output.out).toContain('npm run sandbox --');
});

test('it prints the settings, activates the endpoint, plays, and stops when asked', async () => {
  await using webhook = await aWebhook(503, 200);
  const { child, output } = start('--endpoint', webhook.url);
  await expect
    .poll(() => output.out, { timeout: 15_000 })
    .toMatch(/Event about 5637144580 delivered on try 1/);
  for (const name of [
    'FNO_ORG_URL=http://127.0.0.1:',
    'IDENTITY_ENDPOINT=http',
    'IDENTITY_HEADER=',
    "RETRY_POLICY='{",
  ]) {
    expect(output.out).toContain(`\n${name}`);
  }
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(output.err).toBe('');
});
