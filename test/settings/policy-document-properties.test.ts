import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePolicyDocument } from '../../src/settings/policy-document.ts';
import {
  acceptedBySchema,
  entriesOf,
  environments,
  oneEntry,
  oneMatch,
  writtenPolicy,
} from './policy-documents.ts';

test('whatever stands for a duration or an id, it is accepted, or refused in one line', () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^-?P?([0-9.]{0,7}[WYMD]){0,3}T?([0-9.]{0,7}[HMS]){0,3}$/),
    fc.stringMatching(/^-?\d{0,22}$/),
  );
  const places = fc.constantFrom('resetAfter', 'giveUpAfter', 'delays[0]', 'match.jobId[0]');
  fc.assert(
    fc.property(places, text, (place, given) => {
      const document = {
        resetAfter: oneEntry({ resetAfter: given }),
        giveUpAfter: oneEntry({ giveUpAfter: given }),
        'delays[0]': oneEntry({ delays: [given] }),
        'match.jobId[0]': oneMatch({ jobId: [given] }),
      }[place];
      const result = parsePolicyDocument(JSON.stringify(document), environments);
      const refused = result.ok ? [] : result.problems.map((problem) => problem.split(':')[0]);
      expect(refused).toEqual(result.ok ? [] : [`at jobs[0].${place}`]);
    }),
    { numRuns: 500 },
  );
});

test('the schema accepts what the parser accepts', () => {
  expect(acceptedBySchema(JSON.parse(writtenPolicy))).toBe(true);
  expect(parsePolicyDocument(writtenPolicy, environments)).toMatchObject({ ok: true });

  fc.assert(
    fc.property(fc.array(anEntry(), { maxLength: 4 }), rules(), (jobs, defaults) => {
      const named = jobs.map((job, index) => ({ ...job, name: `${job.name.slice(0, 100)} ${index}` }));
      const document: unknown = JSON.parse(JSON.stringify({ defaults, jobs: named }));
      expect(parsePolicyDocument(JSON.stringify(document), environments)).toMatchObject({ ok: true });
      expect(acceptedBySchema(document)).toBe(true);
    }),
  );
});

test('every listed id keeps its digits', () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
  fc.assert(
    fc.property(fc.array(int64, { minLength: 1, maxLength: 5 }), (jobId) => {
      expect(entriesOf(oneMatch({ jobId }))).toMatchObject([{ match: { jobIds: jobId } }]);
    }),
  );
});

function rules() {
  return fc.record(
    {
      mode: fc.constantFrom('retry', 'shadow', 'off'),
      maxRetries: fc.integer({ min: 1, max: 1000 }),
      resetAfter: fc.constantFrom('P1D', 'PT1H', 'P2W', 'P1DT12H30M', 'PT90S'),
      delays: fc.array(fc.constantFrom('PT0S', 'PT5M', 'P1DT1H', 'P9999W'), { minLength: 1, maxLength: 5 }),
      giveUpAfter: fc.constantFrom('PT1H', 'P1D', 'PT999999H'),
    },
    { requiredKeys: [] },
  );
}

function anEntry() {
  const match = fc.record(
    {
      jobId: fc.constantFrom('*', ['5637144576'], ['1', '-9223372036854775808']),
      description: fc.string({ minLength: 1, maxLength: 50 }),
      environment: fc.constantFrom('prod', 'PROD', 'default'),
      legalEntity: fc.constantFrom('USMF', 'demf'),
    },
    { requiredKeys: [] },
  );
  const whole = match.filter((conditions) => Object.keys(conditions).length > 0);
  return fc
    .tuple(fc.string({ minLength: 1 }), whole, rules())
    .map(([name, conditions, own]) => ({ name, match: conditions, ...own }));
}
