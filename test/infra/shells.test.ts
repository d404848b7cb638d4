import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandsIn, type DocCommand } from '../../tools/azure/doc-commands.ts';
import { docPages } from '../../tools/azure/doc-pages.ts';

/** Each command that a page shows in a block, with a word for each placeholder. */
const commands = docPages()
  .flatMap((page) => commandsIn(page, readFileSync(page, 'utf8')))
  .filter(({ isInProse, text }) => !isInProse && !text.includes('<value>'));

let folder: string;
let program: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batch-retry-shells-'));
  program = join(folder, 'show.mjs');
  writeFileSync(program, 'console.log(JSON.stringify(process.argv.slice(2)));');
});
afterAll(() => rmSync(folder, { recursive: true }));

const filled = (text: string) => text.replaceAll(/<[^>]*>/g, 'placeholder');

/** What a program gets that is called as each line says. */
function argumentsIn(shell: string, file: string, args: string[], lines: readonly string[]): unknown[] {
  const script = join(folder, file);
  writeFileSync(script, lines.map((line) => `"${process.execPath}" "${program}" ${filled(line)}`).join('\n'));
  if (shell === pwsh) {
    const called = readFileSync(script, 'utf8').replaceAll(/^/gm, '& ');
    writeFileSync(script, called);
  }
  const { stdout, stderr } = spawnSync(shell, [...args, script], {
    encoding: 'utf8',
    env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
  });
  const shown = stdout.trim().split('\n');
  if (shown.length !== lines.length) throw new Error(`${shell}: ${stderr}`);
  return shown.map((line): unknown => JSON.parse(line));
}

const wordsOf = ({ words }: DocCommand) => words.map((word) => filled(word).replaceAll('\\"', '"'));

test('bash hands over each documented command as it is meant', () => {
  expect(commands.length).toBeGreaterThan(15);
  const texts = commands.map(({ text }) => text);
  expect(argumentsIn('bash', 'all.sh', [], texts)).toEqual(commands.map(wordsOf));
});

/** Of PowerShell 7: a .NET tool. Where it is not there, its part is not tried. */
const pwsh = process.env['PWSH'] ?? 'pwsh';
const isThere =
  spawnSync(pwsh, ['-NoProfile', '-Command', '1'], {
    env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
  }).status === 0;
if (!isThere) console.log('PowerShell is not here: set PWSH to try the documented commands in it.');

test.skipIf(!isThere)(
  'PowerShell 7 hands over each documented command as it is meant, but for those of cmd',
  () => {
    const ofPowerShell = commands.filter(({ text }) => !text.includes('\\"'));
    const texts = ofPowerShell.map(({ text }) => text);
    expect(argumentsIn(pwsh, 'all.ps1', ['-NoProfile', '-File'], texts)).toEqual(ofPowerShell.map(wordsOf));
  },
);
