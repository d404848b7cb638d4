import type { BatchJob } from '../../src/domain/job/batch-job.ts';
import type { HistoryEntry } from '../../src/ports/ledger.ts';
import type { JobSettings, ScenarioFno } from './scenario-fno.ts';

export type WorldSettings = {
  maxRetries: number;
  delaysSeconds: number[];
  job: JobSettings;
  /** Whether finished events of the job are on. */
  sendsFinished: boolean;
  requeuesPerMinute: number;
  /** Whether the watch looks for runs. */
  isWatching: boolean;
  fnoClockAheadSeconds: number;
  clockOfBAheadSeconds: number;
};

export type Delivery = { failedAttempts: number; accepted: boolean; lost: boolean };

/** All that there is to see of a world in the end. */
export type Seen = {
  fno: ScenarioFno;
  settings: WorldSettings;
  job: BatchJob | null;
  history: readonly HistoryEntry[];
  /** By the failed run's name. */
  deliveries: ReadonlyMap<string, Delivery>;
  /** Requeues that F&O accepted, by the number of the episode. */
  acceptedIn: ReadonlyMap<number, number>;
  /** The episode of each announcement that retries are exhausted. */
  exhaustions: readonly (number | null)[];
  /** Whether a person has set the job's status. */
  isTouched: boolean;
  /** Whether the watch must find the latest failure. */
  isInSight: boolean;
};

const day = 86_400_000;

/** What contradicts the invariants, in words. */
export function scenarioViolations(seen: Seen): string[] {
  const { fno, job, history, deliveries, exhaustions } = seen;
  const found = [...fno.violations];
  if (job) found.push(...stillOpen(job), ...wrongBudget(job, seen));
  for (const { name, eventId } of fno.failedRuns) {
    if (deliveries.get(name)?.accepted) found.push(...undecided(name, eventId, history));
  }
  found.push(...leftInError(seen));
  if (new Set(exhaustions).size < exhaustions.length)
    found.push('exhaustion was announced twice in an episode');
  const { number, exhaustionAnnouncedAtMax } = job?.episode ?? {};
  if (exhaustionAnnouncedAtMax && !exhaustions.includes(number ?? 0))
    found.push('exhaustion was not announced');
  return found;
}

function stillOpen({ phase, pending }: BatchJob): string[] {
  const isOpen = phase.kind === 'requesting' || phase.kind === 'watching' || isStuckFollowing(phase);
  return [
    isOpen ? [`the job is still ${phase.kind} after two days`] : [],
    pending ? ['a failure is pending after two days'] : [],
  ].flat();
}

/**
 * Only requeues cost budget. A recurring job that F&O accepted twice because an answer was lost ran once. To be
 * safe, a lost answer counts as a requeue if somebody else started the job, or if F&O could not be asked for a day.
 */
function wrongBudget({ episode }: BatchJob, { settings, history, acceptedIn, isTouched }: Seen): string[] {
  const { number, retriesUsed } = episode;
  const accepted = acceptedIn.get(number) ?? 0;
  if (retriesUsed > settings.maxRetries) return [`${retriesUsed} retries are counted`];
  if (settings.job.everyMs !== null) return [];
  if (accepted > settings.maxRetries) return [`${accepted} requeues were accepted in episode ${number}`];
  if (retriesUsed < accepted) return [`${accepted} requeues were accepted, but ${retriesUsed} are counted`];
  const isGivenUp = history.some(({ reason }) => reason.includes('gives up'));
  const isTimeless = settings.job.traits.entityTellsTimes === false;
  if (retriesUsed > accepted && !isTouched && !isGivenUp && !isTimeless)
    return [`${retriesUsed} requeues are counted, but ${accepted} were accepted`];
  return [];
}

function leftInError({ fno, job, settings, history, deliveries, isInSight }: Seen): string[] {
  const run = fno.failedRuns.at(-1);
  if (fno.status !== 'Error' || !run) return [];
  const delivery = deliveries.get(run.name);
  const isSeen = isInSight && settings.job.traits.entityTellsTimes !== false;
  const isKnown = delivery?.accepted === true || run.isOurs || isSeen;
  if (!isKnown) return [];
  // An event of an older failure may come last, and changes nothing.
  const isOfOlder = ({ decision, eventId }: HistoryEntry) =>
    decision === 'superseded' && eventId !== run.eventId;
  const last = history.findLast(
    (entry) =>
      (entry.kind === 'failure' && entry.decision !== 'duplicate' && !isOfOlder(entry)) ||
      entry.kind === 'stuck',
  );
  const own = history.findLast(({ eventId, kind }) => eventId === run.eventId && kind === 'failure');
  if (own?.decision === 'exhausted' || own?.decision === 'refused') return [];
  const isForPerson =
    last?.kind === 'stuck' || last?.decision === 'exhausted' || last?.decision === 'refused';
  if (isForPerson) return [];
  return [
    `the job stays in Error with ${job?.episode.retriesUsed} of ${settings.maxRetries} used (last: ${last?.decision})`,
  ];
}

/** A requeue that does not start the job is followed until its next scheduled start, and a day. */
function isStuckFollowing(phase: BatchJob['phase']): boolean {
  return phase.kind === 'following' && phase.since.startedAt < new Date(phase.nextPollAt.getTime() - 3 * day);
}

/** A final decision, exactly one. */
function undecided(name: string, id: string, history: readonly HistoryEntry[]): string[] {
  const decisions = history.filter(({ eventId, kind }) => eventId === id && kind === 'failure');
  const finals = decisions.filter(({ decision }) => decision !== 'deferred' && decision !== 'scheduled');
  if (finals.length === 1) return [];
  const all = decisions.map(({ decision }) => decision).join(', ') || 'none';
  return [`${name} came to ${finals.length} final decisions: ${all}`];
}
