import { expect, test } from 'vitest';
import { findPolicy, type PolicyEntry } from '../../../src/domain/retry-policy/retry-policy.ts';
import { aFailure, jobIdOf, policy } from '../job/builders.ts';

const failure = aFailure(1, { description: 'INT customers', legalEntity: 'USMF' });

test('the first entry that matches decides', () => {
  const entries = [
    anEntry('Other job', { jobIds: ['1', '2'] }),
    anEntry('Integrations', { description: 'INT*' }),
    anEntry('Everything', {}),
  ];
  expect(findPolicy(entries, 'default', failure)?.name).toBe('Integrations');
  expect(findPolicy(entries.toReversed(), 'default', failure)?.name).toBe('Everything');
});

test('a job that no entry matches has no policy', () => {
  expect(findPolicy([], 'default', failure)).toBeNull();
  expect(findPolicy([anEntry('Other job', { jobIds: ['1'] })], 'default', failure)).toBeNull();
});

test('an id is compared digit for digit, beyond what a number can hold', () => {
  const listed = [anEntry('The job', { jobIds: ['9007199254740993'] })];
  expect(findPolicy(listed, 'default', aFailure(1, { jobId: jobIdOf('9007199254740993') }))?.name).toBe(
    'The job',
  );
  expect(findPolicy(listed, 'default', aFailure(1, { jobId: jobIdOf('9007199254740992') }))).toBeNull();
});

test('text is compared without case', () => {
  const entry = anEntry('All three', { description: 'int CUST*', environment: 'PROD', legalEntity: 'usmf' });
  expect(findPolicy([entry], 'prod', failure)?.name).toBe('All three');
});

test.each([
  ['the job id', { jobIds: ['1'] }],
  ['the description', { description: 'EXP*' }],
  ['the environment', { environment: 'uat' }],
  ['the legal entity', { legalEntity: 'DEMF' }],
])('an entry of which only %s does not hold does not match', (_condition, broken) => {
  const whole = { jobIds: [failure.jobId], description: 'INT*', environment: 'prod', legalEntity: 'USMF' };
  expect(findPolicy([anEntry('Whole', whole)], 'prod', failure)?.name).toBe('Whole');
  expect(findPolicy([anEntry('Broken', { ...whole, ...broken })], 'prod', failure)).toBeNull();
});

test('an environment is named in full, not by a pattern', () => {
  expect(findPolicy([anEntry('Any', { environment: '*' })], 'prod', failure)).toBeNull();
});

function anEntry(name: string, match: Partial<PolicyEntry['match']>): PolicyEntry {
  return {
    ...policy,
    name,
    match: { jobIds: '*', description: null, environment: null, legalEntity: null, ...match },
  };
}
