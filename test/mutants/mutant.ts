/** One deliberate fault in the sources, and the tests that are to notice it, from cheap to dear. */
export type Mutant = {
  name: string;
  file: string;
  /** Occurs exactly once in the file. */
  find: string;
  replace: string;
  /** Files and folders of tests, separated by spaces; one text after another is run, until a test fails. */
  tests: readonly string[];
  /** Why no test can notice it: it changes nothing that anybody relies on. Such a mutant is not run. */
  equivalent?: string;
};

type Fault = Omit<Mutant, 'file' | 'tests'> & { tests?: readonly string[] };

/** Mutants of one file, which the same tests are to notice unless a mutant names its own. */
export function mutantsOf(file: string, tests: readonly string[], faults: readonly Fault[]): Mutant[] {
  return faults.map((fault) => ({ file, tests, ...fault }));
}
