import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Prettier runs on an older one, too. */
const { format: _format, ...others } = scripts;

test.each(Object.entries(others))(
  'npm run %s first looks at the version of Node.js: %s',
  (_name, command) => {
    expect(command).toMatch(/^node (--import \.\/)?tools\/require-node\.mjs /);
  },
);

test.each(['20.20.2', '18.19.0', '22.17.1'])(
  'on Node.js %s one line says what is missing and what to type',
  (version) => {
    expect(runAs(version)).toEqual({
      status: 1,
      stdout: '',
      stderr: `batch-retry runs on Node.js 24, which comes with its packages, but this is ${version}: npm was told to run no install scripts. Type: npm rebuild node --ignore-scripts=false\n`,
    });
  },
);

test.each(['22.18.0', '24.21.0'])('on Node.js %s it says nothing', (version) => {
  expect(runAs(version)).toEqual({ status: 0, stdout: 'started\n', stderr: '' });
});

/** Runs a program behind the check, on a Node.js that says that it is of this version. */
function runAs(version: string) {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(old)}`,
      '--import',
      './tools/require-node.mjs',
      '-e',
      'console.log("started")',
    ],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}
