import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutants } from './all-mutants.ts';
import { checkMutant } from './mutation-check.ts';

test('each mutant replaces text that occurs exactly once, and leaves TypeScript', () => {
  const wrong = mutants.flatMap((mutant) => {
    try {
      checkMutant(readFileSync(mutant.file, 'utf8'), mutant);
      return [];
    } catch (error) {
      return [String(error)];
    }
  });
  expect(wrong).toEqual([]);
});

test('each mutant has a name of its own, and tests that are there', () => {
  const names = mutants.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  const missing = mutants
    .flatMap(({ tests }) => tests.flatMap((some) => some.split(' ')))
    .filter((path) => !existsSync(path));
  expect([...new Set(missing)]).toEqual([]);
});
