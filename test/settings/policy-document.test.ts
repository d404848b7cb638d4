import { expect, test } from 'vitest';
import { parsePolicyDocument } from '../../src/settings/policy-document.ts';
import { acceptedBySchema, entriesOf, environments, oneEntry, oneMatch } from './policy-documents.ts';

test('an entry has what it sets, else what the defaults set, else what the product sets', () => {
  const entries = entriesOf({
    defaults: { maxRetries: 7, resetAfter: 'PT12H', delays: ['PT1M'], giveUpAfter: 'P2D' },
    jobs: [
      {
        name: 'Own',
        match: { jobId: ['1', '-2'] },
        maxRetries: 3,
        resetAfter: 'P2D',
        mode: 'shadow',
        delays: ['PT0S', 'PT5M'],
        giveUpAfter: 'PT1H',
      },
      { name: 'Default', match: { description: 'INT*', environment: 'PROD', legalEntity: 'USMF' } },
    ],
  });
  expect(entries).toEqual([
    {
      name: 'Own',
      match: { jobIds: ['1', '-2'], description: null, environment: null, legalEntity: null },
      mode: 'shadow',
      maxRetries: 3,
      resetAfterMs: 172_800_000,
      delaysMs: [0, 300_000],
      giveUpAfterMs: 3_600_000,
      expect: { maxDurationMs: null, minDurationMs: null, startWithinMs: null },
    },
    {
      name: 'Default',
      match: { jobIds: '*', description: 'INT*', environment: 'PROD', legalEntity: 'USMF' },
      mode: 'retry',
      maxRetries: 7,
      resetAfterMs: 43_200_000,
      delaysMs: [60_000],
      giveUpAfterMs: 172_800_000,
      expect: { maxDurationMs: null, minDurationMs: null, startWithinMs: null },
    },
  ]);
  expect(entriesOf({ jobs: [{ name: 'a', match: { jobId: '*' } }] })).toMatchObject([
    { mode: 'retry', maxRetries: 5, resetAfterMs: 43_200_000, delaysMs: [0], giveUpAfterMs: 86_400_000 },
  ]);
});

test('a policy without entries touches no job', () => {
  expect(entriesOf({ jobs: [] })).toEqual([]);
});

test.each([
  ['PT30M', 1_800_000],
  ['PT1H30M5S', 5_405_000],
  ['P1D', 86_400_000],
  ['P1DT1H', 90_000_000],
  ['P1W', 604_800_000],
  ['P1W2D', 777_600_000],
])('resetAfter %s is %i ms', (resetAfter, expected) => {
  expect(entriesOf(oneEntry({ resetAfter }))).toMatchObject([{ resetAfterMs: expected }]);
});

const duration = 'must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, such as "P1D"';

const oneOrList = 'must be "*" or a list of ids in quotes, in brackets also when it is one: ["5637144576"]';

const digitsOnly = 'must be the id as F&O shows it, digits only';

/** Mistakes of structure: the schema, which editors use, refuses them as the parser does. */
const structural: [what: string, document: unknown, problems: string[]][] = [
  ['a list', [], ['at the top: Invalid input: expected object, received array']],
  ['no jobs', {}, ['at jobs: Invalid input: expected array, received undefined']],
  ['a key at the top', { jobs: [], job: [] }, ['at the top: Unrecognized key: "job"']],
  ['no delay', oneEntry({ delays: [] }), ['at jobs[0].delays: Too small: expected array to have >=1 items']],
  [
    'a delay alone',
    oneEntry({ delays: 'PT5M' }),
    ['at jobs[0].delays: Invalid input: expected array, received string'],
  ],
  ['a delay in words', oneEntry({ delays: ['PT0S', '5 min'] }), [`at jobs[0].delays[1]: ${duration}`]],
  ['a giveUpAfter in words', oneEntry({ giveUpAfter: 'a day' }), [`at jobs[0].giveUpAfter: ${duration}`]],
  [
    'a delay among the defaults that is none',
    { defaults: { delays: ['-PT5M'] }, jobs: [] },
    [`at defaults.delays[0]: ${duration}`],
  ],
  [
    'a duration longer than any clock counts',
    oneEntry({ delays: ['P99999D'] }),
    [`at jobs[0].delays[0]: ${duration}`],
  ],
  ['a condition', oneMatch({ jobId: '*', company: 'x' }), ['at jobs[0].match: Unrecognized key: "company"']],
  [
    'no name',
    { jobs: [{ match: { jobId: '*' } }] },
    ['at jobs[0].name: Invalid input: expected string, received undefined'],
  ],
  [
    'an empty name',
    { jobs: [{ name: '', match: { jobId: '*' } }] },
    ['at jobs[0].name: Too small: expected string to have >=1 characters'],
  ],
  [
    'no match',
    { jobs: [{ name: 'a' }] },
    ['at jobs[0].match: Invalid input: expected object, received undefined'],
  ],
  [
    'an empty match',
    oneMatch({}),
    ['at jobs[0].match: must hold at least one condition; for every job: {"jobId":"*"}'],
  ],
  [
    'an id with letters',
    oneMatch({ jobId: ['5637144576', 'x'] }),
    [`at jobs[0].match.jobId[1]: ${digitsOnly}`],
  ],
  ['an id with zeros before it', oneMatch({ jobId: ['007'] }), [`at jobs[0].match.jobId[0]: ${digitsOnly}`]],
  ['an id as a number', oneMatch({ jobId: [5637144576] }), [`at jobs[0].match.jobId: ${oneOrList}`]],
  ['an id alone', oneMatch({ jobId: '5637144576' }), [`at jobs[0].match.jobId: ${oneOrList}`]],
  [
    'no ids',
    oneMatch({ jobId: [] }),
    ['at jobs[0].match.jobId: Too small: expected array to have >=1 items'],
  ],
  [
    'a null condition',
    oneMatch({ description: null }),
    ['at jobs[0].match.description: Invalid input: expected string, received null'],
  ],
  [
    'an empty condition',
    oneMatch({ legalEntity: '' }),
    ['at jobs[0].match.legalEntity: Too small: expected string to have >=1 characters'],
  ],
  [
    'no retries',
    oneEntry({ maxRetries: 0 }),
    ['at jobs[0].maxRetries: must be from 1 to 1000; for none, set mode to "off"'],
  ],
  ['1001 retries', oneEntry({ maxRetries: 1001 }), ['at jobs[0].maxRetries: must be from 1 to 1000']],
  [
    'half a retry',
    oneEntry({ maxRetries: 2.5 }),
    ['at jobs[0].maxRetries: must be a whole number from 1 to 1000'],
  ],
  [
    'retries as text',
    oneEntry({ maxRetries: '5' }),
    ['at jobs[0].maxRetries: must be a whole number from 1 to 1000'],
  ],
  [
    'an unknown mode',
    oneEntry({ mode: 'RETRY' }),
    ['at jobs[0].mode: Invalid option: expected one of "retry"|"shadow"|"observe"|"off"'],
  ],
  ['a month', oneEntry({ resetAfter: 'P1M' }), [`at jobs[0].resetAfter: ${duration}`]],
  ['a part of an hour', oneEntry({ resetAfter: 'PT1.5H' }), [`at jobs[0].resetAfter: ${duration}`]],
  ['a duration of nothing', oneEntry({ resetAfter: 'PT' }), [`at jobs[0].resetAfter: ${duration}`]],
  ['a negative duration', oneEntry({ resetAfter: '-P1D' }), [`at jobs[0].resetAfter: ${duration}`]],
  [
    'a duration as a number',
    oneEntry({ resetAfter: 86_400 }),
    ['at jobs[0].resetAfter: Invalid input: expected string, received number'],
  ],
];

test.each(structural)('refused with its place: %s', (_what, document, problems) => {
  expect(parsePolicyDocument(JSON.stringify(document), environments)).toEqual({ ok: false, problems });
});

test.each(structural)('the schema refuses it too: %s', (_what, document) => {
  expect(acceptedBySchema(document)).toBe(false);
});

test.each([
  [
    'an id beyond 64 bits',
    oneMatch({ jobId: ['9223372036854775808'] }),
    ['at jobs[0].match.jobId[0]: must be a whole number of 64 bits'],
  ],
  [
    'an environment that is not configured',
    oneMatch({ environment: 'uat' }),
    ['at jobs[0].match.environment: "uat" is not configured; known: default, prod'],
  ],
  [
    'two entries of one name',
    { jobs: [...oneEntry({}).jobs, ...oneEntry({}).jobs] },
    ['at jobs[1].name: two entries of jobs are named "a": history could not tell them apart'],
  ],
])('refused, by what the schema cannot say: %s', (_what, document, problems) => {
  expect(parsePolicyDocument(JSON.stringify(document), environments)).toEqual({ ok: false, problems });
});

test('every problem is named, not only the first', () => {
  const document = { defaults: { maxRetries: 0 }, jobs: [{ name: 'a', match: {}, mode: 'x' }] };
  const result = parsePolicyDocument(JSON.stringify(document), environments);
  expect(result.ok ? [] : result.problems.map((problem) => problem.split(':')[0])).toEqual([
    'at defaults.maxRetries',
    'at jobs[0].match',
    'at jobs[0].mode',
  ]);
});

test('an episode that is over at once would have no budget: resetAfter is at least a minute', () => {
  for (const resetAfter of ['PT0S', 'PT59S', 'P0D']) {
    expect(parsePolicyDocument(JSON.stringify(oneEntry({ resetAfter })), environments)).toEqual({
      ok: false,
      problems: ['at jobs[0].resetAfter: must be at least a minute, or retries would never end'],
    });
  }
  expect(entriesOf(oneEntry({ resetAfter: 'PT60S' }))).toMatchObject([{ resetAfterMs: 60_000 }]);
});

test('delays are read in their order, and one of nothing is at once', () => {
  expect(entriesOf(oneEntry({ delays: ['PT0S', 'PT5M', 'PT1H30M', 'P1W'] }))).toMatchObject([
    { delaysMs: [0, 300_000, 5_400_000, 604_800_000] },
  ]);
});

test.each(['', 'jobs: []', '{"jobs":[}', '{"jobs":[],"jobs":[1]}'])('no JSON: %j', (text) => {
  expect(parsePolicyDocument(text, environments)).toEqual({
    ok: false,
    problems: [expect.stringMatching(/^it is not JSON: .* at position \d+$/)],
  });
});

test('what is expected of runs is read, and an entry changes only what it names', () => {
  const defaults = { expect: { maxDuration: 'PT2H', minDuration: 'PT1M' } };
  const jobs = [{ name: 'One', match: { jobId: '*' }, mode: 'observe', expect: { maxDuration: 'PT1H' } }];
  expect(entriesOf({ defaults, jobs })).toMatchObject([
    {
      mode: 'observe',
      expect: { maxDurationMs: 3_600_000, minDurationMs: 60_000, startWithinMs: null },
    },
  ]);
});
