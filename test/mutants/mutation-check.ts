import { stripTypeScriptTypes } from 'node:module';
import type { Mutant } from './mutant.ts';

/** The source with the fault in it. Throws if the text to be replaced does not occur exactly once. */
export function mutate(source: string, { name, file, find, replace }: Mutant): string {
  const count = source.split(find).length - 1;
  if (count !== 1) {
    throw new Error(`The text that mutant "${name}" replaces occurs ${count} times in ${file}, not once.`);
  }
  return source.replace(find, () => replace);
}

/** Throws if a mutant cannot be made of the source, or what comes of it is no TypeScript. */
export function checkMutant(source: string, mutant: Mutant): void {
  const mutated = mutate(source, mutant);
  if (mutated === source) throw new Error(`Mutant "${mutant.name}" changes nothing.`);
  try {
    stripTypeScriptTypes(mutated);
  } catch (error) {
    throw new Error(`Mutant "${mutant.name}" leaves no TypeScript in ${mutant.file}.`, { cause: error });
  }
}
