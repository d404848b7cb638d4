import { Command } from 'commander';
import { mutants } from './all-mutants.ts';
import { CopiedTree } from './copied-tree.ts';
import type { Mutant } from './mutant.ts';
import { mutate } from './mutation-check.ts';
import { firstFailure } from './run-tests.ts';

type Result = { mutant: Mutant; caughtBy: string | null; seconds: number };

const { only, list } = readOptions();
const chosen = mutants.filter(
  ({ name, file }) =>
    only.length === 0 || only.some((text) => `${name} ${file}`.toLowerCase().includes(text)),
);
const toRun = chosen.filter(({ equivalent }) => equivalent === undefined);

/** What must stop ends all the same what it started. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

if (list) {
  for (const { name, file, equivalent } of chosen)
    console.log(`${file}: ${name}${equivalent ? ` (changes nothing: ${equivalent})` : ''}`);
} else {
  process.exitCode = (await runAll()) ? 0 : 1;
}

/** Resolves to whether every mutant was caught. */
async function runAll(): Promise<boolean> {
  using tree = new CopiedTree('.');
  if (!(await allPassUnchanged(tree))) return false;
  const results: Result[] = [];
  for (const [index, mutant] of toRun.entries()) {
    const result = await run(tree, mutant);
    results.push(result);
    const { caughtBy, seconds } = result;
    const caught = caughtBy === null ? 'SURVIVED' : `caught by: ${caughtBy}`;
    console.log(`${index + 1}/${toRun.length} ${mutant.name}\n    ${caught}, after ${seconds.toFixed(1)} s`);
  }
  return report(results);
}

/** A test that fails anyway would seem to catch everything. */
async function allPassUnchanged({ folder }: CopiedTree): Promise<boolean> {
  const targets = [...new Set(toRun.flatMap(({ tests }) => tests))];
  console.log(`First the tests without any mutant, in ${targets.length} runs.`);
  for (const tests of targets) {
    const failed = await firstFailure(folder, tests);
    if (failed !== null) {
      console.log(`FAIL ${tests}, without any mutant: ${failed}`);
      return false;
    }
    console.log(`ok   ${tests}`);
  }
  return true;
}

async function run(tree: CopiedTree, mutant: Mutant): Promise<Result> {
  const startedAt = performance.now();
  const caughtBy = await tree.withChanged(
    mutant.file,
    (source) => mutate(source, mutant),
    async () => {
      for (const tests of mutant.tests) {
        const failed = await firstFailure(tree.folder, tests);
        if (failed !== null) return failed;
      }
      return null;
    },
  );
  return { mutant, caughtBy, seconds: (performance.now() - startedAt) / 1000 };
}

function report(results: readonly Result[]): boolean {
  const survivors = results.filter(({ caughtBy }) => caughtBy === null);
  const equivalent = chosen.filter((each) => each.equivalent !== undefined);
  const caught = results.length - survivors.length;
  const all = results.reduce((sum, { seconds }) => sum + seconds, 0);
  console.log(
    `\n${results.length} mutants run: ${caught} caught, ${survivors.length} survived, in ${all.toFixed(0)} s.`,
  );
  for (const { name, equivalent: why } of equivalent) console.log(`Changes nothing: ${name}. ${why}`);
  for (const { mutant } of survivors) console.log(`SURVIVED ${mutant.file}: ${mutant.name}`);
  return survivors.length === 0;
}

function readOptions(): { only: string[]; list: boolean } {
  const { only = [], list = false } = new Command('npm run mutants --')
    .description('Makes one fault at a time in a copy of the sources, and shows which test notices it.')
    .option('--only <text...>', 'only mutants whose name or file has one of these texts')
    .option('--list', 'only list the mutants')
    .parse()
    .opts<{ only?: string[]; list?: boolean }>();
  return { only: only.map((text) => text.toLowerCase()), list };
}
