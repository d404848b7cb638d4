import type { Failure } from '../failure.ts';
import { matchesWildcard } from './wildcard.ts';

type Mode = 'retry' | 'shadow' | 'observe' | 'off';

/** What the watch announces of a job's runs if it is not so; null: nothing is expected. */
export type Expectation = {
  /** A run ends within this time. */
  maxDurationMs: number | null;
  /** A run that ends well takes at least this long. */
  minDurationMs: number | null;
  /** The job starts within this time of its planned start. */
  startWithinMs: number | null;
};

/** The rules that one policy entry sets for the jobs it matches. */
export type RetryPolicy = {
  /** The entry's name, as history and answers show it. */
  name: string;
  mode: Mode;
  /** Accepted requeues per episode. */
  maxRetries: number;
  /** A job that was quiet for this long starts a new episode. */
  resetAfterMs: number;
  /** How long each retry waits after its failure, in ms; the last repeats. Never empty. */
  delaysMs: readonly number[];
  /** The service gives up a failure that F&O could not take for this long. */
  giveUpAfterMs: number;
  expect: Expectation;
};

export type PolicyEntry = RetryPolicy & { match: Match };

/** Every condition that is given must hold. Text is compared without case, as F&O compares it. */
type Match = {
  jobIds: readonly string[] | '*';
  /** A wildcard pattern: `*` stands for any run of characters, `?` for one. */
  description: string | null;
  environment: string | null;
  legalEntity: string | null;
};

/** The properties of a failure that a policy entry matches. */
export type FailedJob = Pick<Failure, 'jobId' | 'description' | 'legalEntity'>;

/** The first entry that matches decides; the service never touches a job that no entry matches. */
export function findPolicy(
  entries: readonly PolicyEntry[],
  environment: string,
  failure: FailedJob,
): RetryPolicy | null {
  return entries.find((entry) => matches(entry.match, environment, failure)) ?? null;
}

function matches(match: Match, environment: string, failure: FailedJob): boolean {
  return (
    (match.jobIds === '*' || match.jobIds.includes(failure.jobId)) &&
    (match.description === null || matchesWildcard(match.description, failure.description)) &&
    (match.environment === null || sameText(match.environment, environment)) &&
    (match.legalEntity === null || sameText(match.legalEntity, failure.legalEntity))
  );
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
