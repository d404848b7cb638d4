import { parse as parseDuration, toSeconds } from 'iso8601-duration';
import { parseJobId } from '../domain/job-id.ts';
import type { Expectation, PolicyEntry } from '../domain/retry-policy/retry-policy.ts';
import { parseLosslessJson } from '../events/lossless-json.ts';
import * as z from './zod.ts';

const durationPattern = /^P(?=.)(\d{1,4}W)?(\d{1,4}D)?(T(?=.)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?$/;

const duration = z
  .string()
  .check(
    z.regex(
      durationPattern,
      'must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, such as "P1D"',
    ),
  );

const rules = {
  mode: z
    .enum(['retry', 'shadow', 'observe', 'off'])
    .check(
      z.describe(
        'retry: requeue; shadow: only record what would have been requeued; observe: watch and record, never requeue; off: record, never requeue',
      ),
    ),
  maxRetries: z
    .int('must be a whole number from 1 to 1000')
    .check(
      z.minimum(1, 'must be from 1 to 1000; for none, set mode to "off"'),
      z.maximum(1000, 'must be from 1 to 1000'),
      z.describe('Requeues that F&O may accept in one episode of failures'),
    ),
  resetAfter: duration.check(
    z.refine(
      (text) => !durationPattern.test(text) || toMs(text) >= 60_000,
      'must be at least a minute, or retries would never end',
    ),
    z.describe('A job that was quiet for this long starts a new episode'),
  ),
  delays: z
    .array(duration)
    .check(
      z.minLength(1),
      z.describe('How long each retry waits after its failure; the last repeats. ["PT0S"]: at once'),
    ),
  giveUpAfter: duration.check(
    z.describe('The service gives up a failure that F&O could not take for this long'),
  ),
  expect: z
    .partial(
      z.strictObject({
        maxDuration: duration.check(
          z.describe('A run that is under way for longer is announced as long-running'),
        ),
        minDuration: duration.check(z.describe('A run that ends well sooner is announced as too short')),
        startWithin: duration.check(
          z.describe('A job that has not started so long after its plan is announced as late'),
        ),
      }),
    )
    .check(z.describe('What the watch announces of runs, once each. Nothing is done to the job')),
};

const jobIdPattern = /^(0|-?[1-9]\d{0,18})$/;

const jobId = z.string('must be text: write the id in quotes, because numbers of its size lose digits').check(
  z.regex(jobIdPattern, 'must be the id as F&O shows it, digits only'),
  z.refine(
    (text) => !jobIdPattern.test(text) || parseJobId(text) === text,
    'must be a whole number of 64 bits',
  ),
  z.describe('A batch job id in quotes'),
);

const someText = z.string().check(z.minLength(1));

const match = z
  .partial(
    z.strictObject({
      jobId: z
        .union(
          [z.literal('*'), z.array(jobId).check(z.minLength(1))],
          'must be "*" or a list of ids in quotes, in brackets also when it is one: ["5637144576"]',
        )
        .check(z.describe('"*" for every job, or a list of job ids')),
      description: someText.check(
        z.describe('The job description; * stands for any text, ? for one character'),
      ),
      environment: someText.check(z.describe('The name of a configured environment')),
      legalEntity: someText.check(z.describe('The legal entity of the event, such as USMF')),
    }),
  )
  .check(
    z.refine(
      (conditions) => Object.keys(conditions).length > 0,
      'must hold at least one condition; for every job: {"jobId":"*"}',
    ),
    z.meta({ minProperties: 1, description: 'Every condition that is given must hold' }),
  );

const allRules = z.partial(z.strictObject(rules));

export const policyDocument = z
  .strictObject({
    $schema: z.optional(z.string()).check(z.describe('For your editor; not used')),
    defaults: z.optional(allRules).check(z.describe('What holds for every entry that does not set it')),
    jobs: z
      .array(
        z.strictObject({
          name: z
            .string()
            .check(
              z.minLength(1),
              z.maxLength(200),
              z.describe('Your name for the entry, each once. Answers and history show it'),
            ),
          match,
          ...allRules.shape,
        }),
      )
      .check(
        z.describe(
          'The first entry that matches a failed job decides; a job that none matches is never touched',
        ),
      ),
  })
  .check(z.describe('Which failed batch jobs are set to waiting again, and how often'));

/** The values for an entry if neither it nor `defaults` sets them. */
export const policyDefaults = {
  mode: 'retry',
  maxRetries: 5,
  resetAfter: 'PT12H',
  delays: ['PT0S'],
  giveUpAfter: 'P1D',
} as const;

type PolicyDocument = z.infer<typeof policyDocument>;

type Expected = z.infer<typeof rules.expect>;

export type PolicyResult = { ok: true; entries: PolicyEntry[] } | { ok: false; problems: string[] };

/** As PolicyResult, but each problem has a place as a JSON pointer (RFC 6901). */
type PolicyReading = { ok: true; entries: PolicyEntry[] } | { ok: false; places: PolicyPlace[] };

type PolicyPlace = { path: readonly PropertyKey[]; pointer: string; message: string };

/** Reads the text of a policy document. Each problem names its place in the document. */
export function parsePolicyDocument(text: string, environments: readonly string[]): PolicyResult {
  const json = parseLosslessJson(text);
  if (!json.ok) return { ok: false, problems: [`it is not JSON: ${json.reason.replace(/\.$/, '')}`] };
  const read = readPolicyDocument(json.value, environments);
  if (read.ok) return read;
  return { ok: false, problems: read.places.map(({ path, message }) => `at ${placeOf(path)}: ${message}`) };
}

/** Reads a policy document from losslessly parsed JSON. */
export function readPolicyDocument(document: unknown, environments: readonly string[]): PolicyReading {
  const parsed = policyDocument.safeParse(document);
  const problems = parsed.success
    ? [...duplicateNames(parsed.data), ...unknownEnvironments(parsed.data, environments)]
    : parsed.error.issues;
  if (parsed.success && problems.length === 0) return { ok: true, entries: toEntries(parsed.data) };
  const places = problems.map(({ path, message }) => ({ path, pointer: pointerTo(path), message }));
  return { ok: false, places };
}

function toEntries({ defaults = {}, jobs }: PolicyDocument): PolicyEntry[] {
  return jobs.map((job) => ({
    name: job.name,
    match: {
      jobIds: job.match.jobId ?? '*',
      description: job.match.description ?? null,
      environment: job.match.environment ?? null,
      legalEntity: job.match.legalEntity ?? null,
    },
    mode: job.mode ?? defaults.mode ?? policyDefaults.mode,
    maxRetries: job.maxRetries ?? defaults.maxRetries ?? policyDefaults.maxRetries,
    resetAfterMs: toMs(job.resetAfter ?? defaults.resetAfter ?? policyDefaults.resetAfter),
    delaysMs: (job.delays ?? defaults.delays ?? policyDefaults.delays).map(toMs),
    giveUpAfterMs: toMs(job.giveUpAfter ?? defaults.giveUpAfter ?? policyDefaults.giveUpAfter),
    expect: toExpectation({ ...defaults.expect, ...job.expect }),
  }));
}

function toExpectation({ maxDuration, minDuration, startWithin }: Expected): Expectation {
  return {
    maxDurationMs: msOrNull(maxDuration),
    minDurationMs: msOrNull(minDuration),
    startWithinMs: msOrNull(startWithin),
  };
}

function msOrNull(duration: string | undefined): number | null {
  return duration === undefined ? null : toMs(duration);
}

function toMs(duration: string): number {
  return toSeconds(parseDuration(duration)) * 1000;
}

type DocumentProblem = Pick<PolicyPlace, 'path' | 'message'>;

function duplicateNames({ jobs }: PolicyDocument): DocumentProblem[] {
  const names = jobs.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            path: ['jobs', index, 'name'],
            message: `two entries of jobs are named ${JSON.stringify(name)}: history could not tell them apart`,
          },
        ],
  );
}

function unknownEnvironments({ jobs }: PolicyDocument, environments: readonly string[]): DocumentProblem[] {
  const known = new Set(environments.map((name) => name.toLowerCase()));
  return jobs.flatMap(({ match: { environment } }, index) =>
    environment === undefined || known.has(environment.toLowerCase())
      ? []
      : [
          {
            path: ['jobs', index, 'match', 'environment'],
            message: `${JSON.stringify(environment)} is not configured; known: ${environments.join(', ')}`,
          },
        ],
  );
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return place === '' ? 'the top' : place.replace(/^\./, '');
}
