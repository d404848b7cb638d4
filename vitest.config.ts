import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { azuriteTests } from './test/azurite-tests.ts';
import { ClosingLineReporter } from './test/helpers/closing-line-reporter.ts';

/**
 * How much the proofs do, and from which seeds: in `npm test` what fits a pass, the same each time;
 * in `npm run proof` all of it, from new seeds.
 */
const passSizes = {
  FAST_CHECK_SEED: '103851423',
  SEED: '20261122',
  PROOF_BODIES: '4000',
  PROOF_COMMANDS: '40',
  PROOF_CRASH_EVERY: '16',
  PROOF_EVENTS: '80',
  PROOF_EVENTS_AZURE: '20',
  PROOF_HISTORY: '20000',
  PROOF_LOAD_MS: '500',
  PROOF_NIGHT_HOURS: '0',
  PROOF_ROUNDS: '1',
  PROOF_RUNS: '800',
  PROOF_STORM: '20',
};

/** What child processes compile is kept, so that each next one starts in half the time. */
process.env['NODE_COMPILE_CACHE'] ??= resolve('node_modules/.cache/compiled');

/** These set up what a process has once, such as the app of @azure/functions: each has a process of its own. */
const apart = [
  'test/hosts/*.test.ts',
  'test/hosts/azure/*.test.ts',
  'test/hosts/node/nothing-secret.test.ts',
  // The real @azure/identity remembers one endpoint a process.
  'test/adapters/fno/sign-in/*.test.ts',
  'test/sandbox/tokens.test.ts',
  'test/http/mutated-bodies.test.ts',
  'test/tools/build.test.ts',
];

const azuriteHosts = azuriteTests.filter((file) => file.startsWith('test/hosts/'));

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLineReporter()],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // A race that is lost once is a fault.
    retry: 0,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: process.env['PROOF'] === 'full' ? {} : { ...passSizes, ...givenSizes() },
    projects: [
      {
        extends: true,
        test: { name: 'azurite', include: azuriteTests, exclude: apart, isolate: false, retry: 1 },
      },
      {
        extends: true,
        test: { name: 'azurite, apart', include: azuriteHosts, retry: 1 },
      },
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...apart, ...azuriteTests],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'apart', include: apart, exclude: azuriteTests } },
    ],
  },
});

function givenSizes(): Record<string, string> {
  return Object.fromEntries(
    Object.keys(passSizes).flatMap((name) => {
      const given = process.env[name];
      return given === undefined ? [] : [[name, given]];
    }),
  );
}
