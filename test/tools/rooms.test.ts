import { describe, expect, test } from 'vitest';
import { circles } from '../../tools/house/circles.ts';
import type { Source } from '../../tools/house/read-sources.ts';
import { wallProblems } from '../../tools/house/rooms.ts';

function source(path: string, ...imports: string[]): Source {
  return { path, lines: 1, imports, packages: [], functions: [] };
}

describe('the walls between the rooms', () => {
  test.each([
    ['domain/job/run.ts', 'ports/clock.ts'],
    ['domain/retry-policy/delays.ts', 'domain/job/run.ts'],
    ['usecases/intake/receive.ts', 'usecases/notify/publish.ts'],
    ['adapters/sqlite/ledger.ts', 'adapters/fno/client.ts'],
    ['adapters/azure-storage/queue/queue.ts', 'adapters/azure-storage/tables/ledger.ts'],
    ['hosts/azure/main.ts', 'sandbox/sandbox.ts'],
  ])('%s must not import %s', (path, imported) => {
    expect(wallProblems([source(path, imported)])).toEqual([`src/${path} must not import src/${imported}`]);
  });

  test.each([
    ['usecases/engine/run-job.ts', 'domain/job/transition.ts'],
    ['domain/job/run.ts', 'domain/job/decision.ts'],
    ['adapters/azure-storage/queue/queue.ts', 'adapters/azure-storage/calls/call.ts'],
    ['hosts/node/main.ts', 'service.ts'],
  ])('%s may import %s', (path, imported) => {
    expect(wallProblems([source(path, imported)])).toEqual([]);
  });

  test.each(['loose.ts', 'helpers/text.ts', 'domain/utils/text.ts'])('%s is in no room', (path) => {
    expect(wallProblems([source(path)])).toEqual([
      `src/${path} is in no room: tools/house/rooms.ts lists them`,
    ]);
  });

  test('the domain imports no package', () => {
    const [problem] = wallProblems([{ ...source('domain/job/run.ts'), packages: ['node:fs'] }]);
    expect(problem).toBe('src/domain/job/run.ts imports node:fs: src/domain imports no packages');
  });
});

test('a circle of three files is found once, and a chain is none', () => {
  const sources = [
    source('a.ts', 'b.ts'),
    source('b.ts', 'c.ts'),
    source('c.ts', 'a.ts'),
    source('d.ts', 'a.ts'),
  ];
  expect(circles(sources)).toEqual([['a.ts', 'b.ts', 'c.ts']]);
});
