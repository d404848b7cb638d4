import { expect, test } from 'vitest';
import { readConfig } from '../../src/settings/config.ts';
import { needed, problemWith } from './needed-settings.ts';

test.each(['azure', 'local'] as const)('STORE may name either store, on the host %s', (host) => {
  const storeOf = (STORE: string) => readConfig({ ...needed, STORE }, host).store;
  expect(storeOf('azure')).toEqual({ kind: 'azure' });
  expect(storeOf('sqlite:/home/data/jobs.sqlite')).toEqual({
    kind: 'sqlite',
    file: '/home/data/jobs.sqlite',
  });
  expect(storeOf('sqlite::memory:')).toEqual({ kind: 'sqlite', file: ':memory:' });
  expect(storeOf('sqlite:C:\\data\\my jobs.sqlite')).toEqual({
    kind: 'sqlite',
    file: 'C:\\data\\my jobs.sqlite',
  });
});

test('unless STORE is set, the store is Azure Storage in Azure and a SQLite file elsewhere', () => {
  expect(readConfig(needed, 'azure').store).toEqual({ kind: 'azure' });
  expect(readConfig({ ...needed, STORE: ' ' }, 'azure').store).toEqual({ kind: 'azure' });
  expect(readConfig(needed, 'local').store).toEqual({ kind: 'sqlite', file: '.data/batch-retry.sqlite' });
});

test.each([
  'jobs.sqlite',
  'sqlite:',
  'sqlite: ',
  'Azure',
  'azure:',
  'azure-storage',
  'postgres://x',
  'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=hunter2',
])('STORE may not be %j, and is not shown, for a connection string holds a key', (value) => {
  expect(problemWith({ STORE: value })).toBe('STORE: found something else, expected azure or sqlite:<file>.');
});
