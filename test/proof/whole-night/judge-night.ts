import { failuresOf, isEndOf, isOfRun } from './match-failures.ts';
import type { NightJobRecord, NightPlan, NightRecord } from './night-record.ts';
import { isDue, isHidden, isListed, isPassedOver } from './what-shows.ts';

const maxRetries = 5;

/** A sentence for each promise that the night broke. */
export function violationsOf(plan: NightPlan, night: NightRecord): string[] {
  const ofJobs = night.jobs.flatMap((job) =>
    [
      ...(isListed(job) ? [] : touches(job)),
      ...(isHidden(job, plan) ? guesses(job) : missed(job, plan, night)),
      ...inventions(job),
      ...doubles(job),
      ...wrongRequeues(job, plan, night),
      ...wrongAnnouncements(job, plan, night),
    ].map((what) => `${job.jobId} (${job.kind}): ${what}`),
  );
  return [...ofJobs, ...wrongNote(plan, night)];
}

function touches({ accepted, history, runs }: NightJobRecord): string[] {
  return accepted + history.length + runs.length > 0 ? ['is touched, though nobody listed it'] : [];
}

/** Every failure of a listed job is found, and handled. */
function missed(job: NightJobRecord, plan: NightPlan, night: NightRecord): string[] {
  if (!isListed(job)) return [];
  const failures = failuresOf(job);
  const unknown = failures.filter(
    (one) => one.by === null && isDue(one, plan, night) && !isPassedOver(job, one, plan, night),
  );
  const isLeft =
    job.kind === 'once, fails' &&
    job.status !== 'Finished' &&
    failures.every((one) => isDue(one, plan, night));
  return [
    ...unknown.map(({ run }) => `its failure at ${run.endedAt} was not found`),
    ...(isLeft ? [`it was left ${job.status}`] : []),
  ];
}

/**
 * Of runs that nobody can know how they ended, nothing is said and nothing done. F&O itself may tell: a job may show how
 * its run ended for some seconds before it waits again.
 */
function guesses(job: NightJobRecord): string[] {
  const told = job.runs.filter(({ learned }) => learned === 'status' || learned === 'read');
  const guessed = job.runs.filter((run) => run.end !== 'ended' && !told.includes(run));
  const toldFailed = told.filter(({ end }) => end === 'failed').length;
  return [
    ...guessed.map(({ end, endedAt }) => `its run at ${endedAt} was guessed ${end}`),
    ...(job.accepted > toldFailed ? [`${job.accepted - toldFailed} requeues by a guess`] : []),
    ...(isListed(job) && job.runs.length === 0 ? ['no run of it is named'] : []),
  ];
}

function inventions({ jobId, happened, runs, history }: NightJobRecord): string[] {
  const untrue = runs.filter(
    ({ end, endedAt }) =>
      (end === 'failed' || end === 'finished') &&
      !happened.some((run) => run.outcome === end && isEndOf(endedAt, run)),
  );
  const unreal = history.filter(
    (line) =>
      line.kind === 'failure' &&
      !happened.some((run) => run.outcome === 'failed' && isOfRun(line, run, jobId)),
  );
  return [
    ...untrue.map(({ end, endedAt }) => `no run at ${endedAt} ${end}`),
    ...unreal.map(({ eventId }) => `${eventId} is of no failed run`),
  ];
}

/** Decisions that a failure gets once. */
const once = ['requeued', 'exhausted'];

function doubles(job: NightJobRecord): string[] {
  return failuresOf(job).flatMap(({ run, lines, toldRuns }) => {
    const counted = lines.filter(({ decision }) => once.includes(decision ?? ''));
    return [
      ...(counted.length > 1 ? [`its failure at ${run.endedAt} was counted ${counted.length} times`] : []),
      ...(toldRuns > 1 ? [`its run at ${run.endedAt} is told ${toldRuns} times`] : []),
    ];
  });
}

/** Nothing is requeued that did not fail, no requeue is lost from the count, and never a sixth is accepted. */
function wrongRequeues(job: NightJobRecord, plan: NightPlan, night: NightRecord): string[] {
  const { happened, accepted, history, kind } = job;
  // The answer to what was just sent may be unknown.
  const isPending = !failuresOf(job).every((one) => isDue(one, plan, night));
  const afterNoFailure = happened.filter(
    ({ cause }, number) => cause === 'requeue' && happened[number - 1]?.outcome !== 'failed',
  );
  const told = history.filter(({ decision }) => decision === 'requeued').length;
  const failed = happened.filter(({ outcome }) => outcome === 'failed').length;
  return [
    ...afterNoFailure.map(({ startedAt }) => `its run at ${startedAt} was requeued without a failure`),
    ...(told === accepted || isPending ? [] : [`F&O accepted ${accepted} requeues, ${told} are told`]),
    ...(accepted > failed ? [`${accepted} requeues for ${failed} failures`] : []),
    ...(kind === 'always fails' && accepted > maxRetries ? [`${accepted} requeues in an episode`] : []),
  ];
}

/** What happened to a job that a person must hear of, once. */
const announced = {
  'long-running': 'hangs',
  late: 'does not start',
  exhausted: 'always fails',
  'too-short': null,
  'needs-attention': null,
} as const;

/** Each is told once: to the subscriber, and what the policy expects also in the history. */
function wrongAnnouncements(job: NightJobRecord, plan: NightPlan, night: NightRecord): string[] {
  return Object.entries(announced).flatMap(([event, kind]) => {
    const expected = job.kind === kind && !isHidden(job, plan) ? 1 : 0;
    const ofJob = night.notifications.filter((one) => one.jobId === job.jobId && one.event === event).length;
    const inHistory = job.history.filter((line) => line.kind === event).length;
    const isInHistory = event !== 'exhausted' && event !== 'needs-attention';
    return [
      ...(ofJob === expected ? [] : [`${event} was told ${ofJob} times, not ${expected}`]),
      ...(isInHistory && inHistory !== expected ? [`${event} stands ${inHistory} times in its history`] : []),
    ];
  });
}

function wrongNote(plan: NightPlan, { note }: NightRecord): string[] {
  const isBlind = !plan.hasHistory && !plan.hasTelemetry;
  if (isBlind === (note !== null)) return [];
  return [`GET /ready notes: ${note ?? 'nothing'}`];
}
