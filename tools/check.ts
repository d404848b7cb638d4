import { spawnSync } from 'node:child_process';

/** Every check that needs no running: one line each, all of them run, the output of those that fail. */
const checks: [name: string, command: string, ...args: string[]][] = [
  ['types', 'tsc'],
  ['lint', 'oxlint', '--deny-warnings'],
  ['rooms', 'node', 'tools/check-house.ts'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['unused code', 'knip', '--no-progress'],
  ['deployment', 'node', 'tools/check-deployment.ts'],
  ['docs in step', 'node', 'tools/write-generated.ts', '--check'],
  ['docs to read', 'node', 'tools/check-docs.ts'],
];

/** Checks that say how much there is, also when all is well. */
const showsFigures = ['rooms', 'docs to read'];

let isAllWell = true;
for (const [name, command, ...args] of checks) {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  const isWell = result.status === 0;
  isAllWell &&= isWell;
  console.log(`${isWell ? 'ok  ' : 'FAIL'} ${name}`);
  if (isWell && showsFigures.includes(name)) console.log(`     ${result.stdout.trim()}`);
  if (!isWell) console.log(`${result.stdout}${result.stderr}${result.error?.message ?? ''}`);
}
process.exit(isAllWell ? 0 : 1);
