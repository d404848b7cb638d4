import { mutantsOf } from './mutant.ts';
import { machineTests } from './test-targets.ts';

/** What is due, what is followed, and what is watched. */
export const runMutants = [
  ...mutantsOf('src/domain/job/transition.ts', machineTests, [
    {
      name: 'stale wake-ups count',
      find: "if (job.wake?.id !== event.wakeId) return unchanged('The wake-up is stale: the record names another one.');",
      replace: '',
    },
    {
      name: 'a wake-up does its work before it is due',
      find: 'if (!isLeased(job) && dueAt > now) {',
      replace: 'if (false) {',
    },
    {
      name: 'the record does not say when a wake-up that came early comes again',
      find: 'const isKept = job.wake.at.getTime() === dueAt.getTime();',
      replace: 'const isKept = true;',
    },
    {
      name: 'a wake-up is not taken for the end of a lease',
      find: '{ ...context, now }, true);',
      replace: '{ ...context, now }, false);',
    },
    {
      name: 'the answer to any request settles the claim',
      find: "return phase.kind === 'requesting' && phase.claim.token === claim.token ? phase : null;",
      replace: "return phase.kind === 'requesting' ? phase : null;",
    },
    {
      name: 'two processes publish at once',
      find: 'if (leaseUntil && leaseUntil > context.now) return',
      replace: 'if (false) return',
    },
    {
      name: 'messages that nobody published are dropped with those that were',
      find: '.filter(({ id }) => !event.ids.has(id))',
      replace: '.filter(() => false)',
    },
    {
      name: 'any dead letter marks the job',
      find: "if (job.wake?.id !== event.wakeId) return unchanged('The dead letter is stale.');",
      replace: "if (!job.wake) return unchanged('');",
    },
  ]),
  ...mutantsOf('src/domain/job/advance.ts', machineTests, [
    {
      name: 'no read before sending',
      find: "if (!read) return { kind: 'read' };",
      replace:
        "if (!read) return processObservation(draft, { status: 'Error', startedAt: null, endedAt: draft.job.pending?.failure.endedAt ?? null, scheduledAt: null, isRecurring: false, readAt: null, description: '', legalEntity: '' }, context);",
    },
    {
      name: 'a lease is ignored by whoever comes with another event',
      find: "if (phase.kind === 'requesting' && !hasLeaseEnded) return",
      replace: 'if (false) return',
    },
    {
      name: 'a job is gone after one 404',
      find: 'if (since && now.getTime() - since.getTime() >= goneAfterMs) return gone(draft, context);',
      replace: 'if (now) return gone(draft, context);',
    },
    {
      name: 'two 404s weeks apart make a job gone',
      find: 'return seen.notFoundSinceAt === null ? draft :',
      replace: 'return seen ? draft :',
    },
    {
      name: 'a job is never gone',
      find: 'if (since && now.getTime() - since.getTime() >= goneAfterMs) return gone(draft, context);',
      replace: '',
    },
    {
      name: 'a run years ahead is believed',
      find: 'return { ...observed, startedAt: plausible(startedAt, now), endedAt: plausible(endedAt, now) };',
      replace: 'return { ...observed, startedAt, endedAt, now };',
    },
    {
      name: 'a failure that a read shows is pruned',
      find: 'const informed = learned ? makePending(polled, learned, policy, context) : polled;',
      replace: 'const informed = polled;',
    },
    {
      name: 'the end of a job that is gone is announced of a run that others started',
      find: "phase.kind === 'following' && phase.origin !== 'others'",
      replace: "phase.kind === 'following'",
    },
  ]),
  ...mutantsOf('src/domain/job/following.ts', machineTests, [
    {
      name: 'nobody waits for a late event of a run that ended',
      find: 'const eventLateMs = 10 * minute;',
      replace: 'const eventLateMs = 0;',
    },
    {
      name: 'a finished event that is missing is announced to nobody',
      find: 'const isMissed = job.seen.finishedRunEndedAt !== null;',
      replace: 'const isMissed = false;',
    },
    {
      name: 'that no event of a run came is pruned',
      find: '    endedWithoutEvent: { nextStartAt: quiet.nextStartAt },\n',
      replace: '',
    },
    {
      name: 'a run that does not end is followed for ever',
      find: '  const since = latest(following.since.startedAt, planned) ?? following.since.startedAt;\n  if (context.now.getTime() - since.getTime() >= stuckAfterMs) {',
      replace:
        '  const since = latest(following.since.startedAt, planned) ?? following.since.startedAt;\n  if (false) {',
    },
    {
      name: 'a job that cannot be read is followed for ever',
      find: '  if (context.now.getTime() - following.since.startedAt.getTime() >= stuckAfterMs) {\n    return stopAsStuck(draft, following, `could not',
      replace: '  if (false) {\n    return stopAsStuck(draft, following, `could not',
    },
    {
      name: 'a failed run whose event is lost is pruned',
      find: 'return { ...ended, learned: failure };',
      replace: 'return ended;',
    },
    {
      name: 'a running job is quiet for the episode',
      find: 'const seen = { ...draft.job.seen, activeAt: context.now };',
      replace: 'const seen = draft.job.seen;',
    },
  ]),
  ...mutantsOf('src/domain/job/run-state.ts', machineTests, [
    {
      name: 'an episode is ended by Waiting',
      find: "if (hasNewerRun(observed, baseline) || (since.runningAt && isPlannedLater)) return { kind: 'quiet' };",
      replace:
        "if (hasNewerRun(observed, baseline) || (since.runningAt && isPlannedLater)) return { kind: 'recovered' };",
    },
    {
      name: 'a run that was over without a word is waited for again once the next is due',
      find: "if (since.quiet !== null) return { kind: 'quiet' };",
      replace: '',
    },
    {
      name: 'a run whose start is due at every read is followed for ever',
      find: "const isOver = start === 'soon' ? followedMs >= stuckAfterMs : hasHadTime;",
      replace: "const isOver = start !== 'soon' && hasHadTime;",
    },
    {
      name: 'not-started is announced at each poll',
      find: "following.origin !== 'others' && !episode.notStartedAnnounced;",
      replace: "following.origin !== 'others';",
    },
    {
      name: 'not-started is announced of a run of others',
      find: "following.origin !== 'others' && !episode.notStartedAnnounced;",
      replace: '!episode.notStartedAnnounced;',
    },
    {
      name: 'a job that did not start within a minute has not started',
      find: 'const startedByMs = 5 * minute;',
      replace: 'const startedByMs = 0;',
    },
    {
      name: 'Finished is believed of the run before',
      find: "return hasNewerRun(observed, baseline) || (!showsTimes && hasChanged)\n      ? { kind: 'recovered' }\n      : { kind: 'waiting' };",
      replace: "return { kind: 'recovered' };",
    },
    {
      name: 'Error is believed of the run before',
      find: 'const hasFailed = hasNewerEnd(observed, baseline) || (!showsTimes && hasChanged);',
      replace: 'const hasFailed = true;',
    },
    {
      name: 'a job whose times are cleared is never quiet',
      find: "return { kind: isOver ? 'quiet' : 'waiting' };",
      replace: "return { kind: 'waiting' };",
    },
    {
      name: 'a finished event that came before does not prove that a recurring run recovered',
      find: 'if (isSameRun(seen.finishedRunEndedAt, observed.endedAt) && hasNewerEnd(observed, baseline)) {',
      replace: 'if (false) {',
    },
  ]),
  ...mutantsOf('src/domain/job/close-episode.ts', machineTests, [
    {
      name: 'a run of others is announced as recovered',
      find: "return origin !== 'others' || episode.retriesUsed > 0;",
      replace: 'return true;',
    },
    {
      name: 'recovery is published to nobody',
      find: "    notify: 'recovered',\n",
      replace: '',
    },
  ]),
  ...mutantsOf('src/domain/job/watching.ts', machineTests, [
    {
      name: 'the watch takes the schedule of a recurring job for a person',
      find: "if (!observed.isRecurring && isNewer && status !== 'Error') {",
      replace: "if (isNewer && status !== 'Error') {",
    },
    {
      name: 'the watch takes waiting for a person',
      find: "if (!observed.isRecurring && isNewer && status !== 'Error') {",
      replace: "if (status === 'Waiting') {",
    },
    {
      name: 'the watch takes a run that failed again for a healed one',
      find: "if (!observed.isRecurring && isNewer && status !== 'Error') {",
      replace: 'if (!observed.isRecurring && isNewer) {',
    },
    {
      name: 'the watch has no end',
      find: 'const hasEnded = now.getTime() - watching.sinceAt.getTime() >= stuckAfterMs;',
      replace: 'const hasEnded = false;',
    },
    {
      name: 'the watch does not see that a person made the job well',
      find: "if (status === 'Finished' && (isNewer || (!showsTimes && baseline.status !== 'Finished'))) {",
      replace: 'if (false) {',
    },
    {
      name: 'the watch does not see that a person took the job out',
      find: 'if (isTakenOut(status) && status !== baseline.status) {',
      replace: 'if (false) {',
    },
  ]),
  ...mutantsOf('src/domain/job/batch-job.ts', machineTests, [
    {
      name: 'a failure that is due waits for a poll that is due later',
      find: 'return pending.dueAt < polledAt ? pending.dueAt : polledAt;',
      replace: 'return pending.dueAt > polledAt ? pending.dueAt : polledAt;',
    },
    {
      name: 'a new episode goes on with the count of the old one',
      find: 'return { ...job, seen, episode: newEpisode(job.episode.number + 1) };',
      replace:
        'return { ...job, seen, episode: { ...newEpisode(job.episode.number + 1), retriesUsed: job.episode.retriesUsed } };',
    },
  ]),
];
