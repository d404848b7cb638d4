import { expect, test } from 'vitest';
import { decodeJob, encodeJob } from '../../../src/adapters/shared/record-codec.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { aJob, now } from '../../domain/job/builders.ts';

test('a record is read as it was written, with its instants', () => {
  const job = aJob({ paused: { at: now, by: 'a person', reason: 'month end' } });
  expect(decodeJob(encodeJob(job))).toEqual(job);
});

test.each([
  ['version 3', 3],
  ['version 1', 1],
  ['a version without a number', undefined],
])('a record that has %s is left to the program that wrote it', (named, recordVersion) => {
  const json = JSON.stringify({ ...aJob(), recordVersion });
  expect(() => decodeJob(json)).toThrow(StoreUnavailable);
  expect(() => decodeJob(json)).toThrow(`has ${named}; this program reads version 2`);
});
