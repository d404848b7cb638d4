import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { bufferLines } from '../../../src/hosts/node/buffer-lines.ts';

test('the lines of one turn of the event loop are printed together, in their order', async () => {
  const printed: string[] = [];
  const print = bufferLines((lines) => printed.push(lines));
  print('one');
  print('two');
  expect(printed).toEqual([]);
  await new Promise(setImmediate);
  print('three');
  await new Promise(setImmediate);
  expect(printed).toEqual(['one\ntwo', 'three']);
});

test.each([
  ['ends', 'process.exit(0);'],
  ['fails', "throw new Error('a bug');"],
  [
    'is asked to stop',
    "process.once('SIGTERM', () => process.exit(0)); process.kill(process.pid, 'SIGTERM'); while (!stopped()) print('more');",
  ],
])('what waits when the process %s is printed', async (_how, last) => {
  const module = pathToFileURL(resolve('src/hosts/node/buffer-lines.ts')).href;
  const program = `
    import { bufferLines } from ${JSON.stringify(module)};
    const print = bufferLines();
    let turns = 0;
    const stopped = () => ++turns > 3;
    print('the last line');
    ${last}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(printed.split('\n')[0]).toBe('the last line');
});
