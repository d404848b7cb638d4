/** From cheap to dear. What stands in one text is run together. */
const policyTests = 'test/domain';

/** Those that take less than a second each. */
export const quickUseCases = [
  'intake/receive-events',
  'intake/duplicates',
  'engine/permits',
  'engine/wake-up-for',
  'engine/follow-up',
  'engine/watch',
  'engine/delays',
  'work/later-tries',
  'engine/lost-answers',
  'operate/by-hand',
  'operate/by-hand-records',
  'work/dead-letters',
  'work/decide-queued',
  'work/process-work',
  'engine/storms',
  'engine/renamed-environment',
  'work/wake-ups',
  'engine/deadline',
]
  .map((name) => `test/usecases/${name}.test.ts`)
  .join(' ');

export const slowUseCases = [
  'test/usecases/work/sweep.test.ts test/usecases/engine/held-up.test.ts',
  'test/usecases/notify/notifications.test.ts',
  'test/usecases/intake/many-at-once.test.ts',
];

/** Whole nights of one job in milliseconds. */
const nights = 'test/proof/recurring-nights.test.ts test/proof/matrix.test.ts';

/** Random scenarios, fewer than in a pass. */
const scenarios = 'test/proof/random-scenarios-1.test.ts';

/** The tables of "What still stands" and of requests of unknown fate, on both hosts. */
const tables = 'test/hosts/stands-table.test.ts test/hosts/unknown-fate-table.test.ts';

/** The process dies before and after each I/O. */
const crashes = 'test/proof/crash-at-every-step.test.ts';

export const machineTests = [policyTests, quickUseCases, nights, scenarios, tables, ...slowUseCases];

export const engineTests = [quickUseCases, nights, scenarios, ...slowUseCases, crashes];
