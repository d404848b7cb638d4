import { mutantsOf } from './mutant.ts';
import { machineTests } from './test-targets.ts';

/** How a failure comes in, waits and is decided. */
export const failureMutants = [
  ...mutantsOf('src/domain/job/receive-failure.ts', machineTests, [
    {
      name: 'an event that is known is handled again',
      find: 'if (known && context.isKnown) return',
      replace: 'if (known && false) return',
    },
    {
      name: 'a second event of one run is handled again',
      find: 'if (isHandledAlready(job, failure.endedAt)) {',
      replace: 'if (false) {',
    },
    {
      name: 'a late event of a run that was handled long ago is a failure again',
      find: '    isDecided(seen, endedAt)\n',
      replace: '    false\n',
    },
    {
      name: 'a late event of an old run begins an episode',
      find: 'const current = isOld || isRequeueOpen(job)',
      replace: 'const current = isRequeueOpen(job)',
    },
    {
      name: 'a newer failure does not prove that a request of unknown fate arrived',
      find: "if (phase.kind === 'requesting' && phase.claim.isFateUnknown && isAfter(endedAt, phase.claim.baseline)) {",
      replace: 'if (false) {',
    },
    {
      name: 'a quiet job keeps its episode',
      find: 'if (isOpen || !activeAt || now.getTime() - activeAt.getTime() < resetAfterMs) return draft;',
      replace: 'return draft;',
    },
    {
      name: 'each failure begins an episode',
      find: 'now.getTime() - activeAt.getTime() < resetAfterMs) return draft;',
      replace: 'false) return draft;',
    },
    {
      name: 'a job with an open failure counts as quiet',
      find: 'if (isOpen || !activeAt ||',
      replace: 'if (!activeAt ||',
    },
    {
      name: 'a failure does not end the quiet',
      find: '      failureAt: now,\n      activeAt: now,\n      runEndedAt: latest(seen.runEndedAt, endedAt),',
      replace: '      failureAt: now,\n      runEndedAt: latest(seen.runEndedAt, endedAt),',
    },
    {
      name: 'what the policy delays is handled at once',
      find: 'if (pending.dueAt <= context.now) return advance(draft, context, false);',
      replace: 'if (pending) return advance(draft, context, false);',
    },
    {
      name: 'an implausible end of an event is believed',
      find: 'const failure = { ...given, endedAt: plausible(given.endedAt, context.now) };',
      replace: 'const failure = given;',
    },
  ]),
  ...mutantsOf('src/domain/job/silent-runs.ts', machineTests, [
    {
      name: 'two silent runs in a row do not end the episode',
      find: '    isSameRun(endedAt, failure.endedAt) &&',
      replace: '    false &&',
    },
    {
      name: 'runs that no look has seen yet count as silent',
      find: '    (failuresToldUntil === null || failuresToldUntil > addMs(nextStartAt, startsLateMs));',
      replace: '    true;',
    },
    {
      name: 'where F&O has a batch history, no run is silent',
      find: '(failuresToldUntil === null || failuresToldUntil > addMs(nextStartAt, startsLateMs))',
      replace: 'failuresToldUntil === null',
    },
    {
      name: 'a run that started at its planned time counts as a second silent run before it',
      find: 'const startsLateMs = 15 * 60_000;',
      replace: 'const startsLateMs = -60_000;',
    },
  ]),
  ...mutantsOf('src/domain/job/pending.ts', machineTests, [
    {
      name: 'one requeue more than the budget',
      find: 'if (ready.job.episode.retriesUsed >= policy.maxRetries) {',
      replace: 'if (ready.job.episode.retriesUsed > policy.maxRetries) {',
    },
    {
      name: 'one requeue less than the budget',
      find: 'if (ready.job.episode.retriesUsed >= policy.maxRetries) {',
      replace: 'if (ready.job.episode.retriesUsed + 1 >= policy.maxRetries) {',
    },
    {
      name: 'exhaustion is announced each time',
      find: 'const isAnnounced = (job.episode.exhaustionAnnouncedAtMax ?? 0) >= maxRetries;',
      replace: 'const isAnnounced = false;',
    },
    {
      name: 'exhaustion of a budget that was raised is announced to nobody',
      find: 'const isAnnounced = (job.episode.exhaustionAnnouncedAtMax ?? 0) >= maxRetries;',
      replace: 'const isAnnounced = (job.episode.exhaustionAnnouncedAtMax ?? 0) > 0;',
    },
    {
      name: 'an exhausted job is not watched',
      find: 'exhaust(ready, failure, policy, watch(failure, baseline, context.now))',
      replace: 'exhaust(ready, failure, policy, ready.job.phase)',
    },
    {
      name: 'an older failure takes the place of the newer one that waits',
      find: 'if (isNewer(waiting.endedAt, failure.endedAt))',
      replace: 'if (false)',
    },
    {
      name: 'what a policy entry turned off is sent',
      find: "if (policy.mode === 'off' || policy.mode === 'observe') {",
      replace: "if (policy.mode === 'observe') {",
    },
    {
      name: 'what a policy entry observes is sent',
      find: "if (policy.mode === 'off' || policy.mode === 'observe') {",
      replace: "if (policy.mode === 'off') {",
      tests: ['test/usecases/watch'],
    },
    {
      name: 'what a policy entry only watches is sent',
      find: "if (policy.mode === 'shadow') {",
      replace: 'if (false) {',
    },
    {
      name: 'a paused job is requeued',
      find: 'if (!job.paused) return null;',
      replace: 'if (job) return null;',
    },
    {
      name: 'a run that a requeue has served is requeued again',
      find: 'failedRunEndedAt !== null && servedUntilAt !== null && failedRunEndedAt <= servedUntilAt;',
      replace: 'false;',
    },
    {
      name: "an operator's retry waits for the policy's delay",
      find: 'const dueAt = isUsedUp || askedByOperator ? now :',
      replace: 'const dueAt = isUsedUp ? now :',
    },
    {
      name: "an operator's retry of a job without a failure is sent",
      find: "if (failure.endedAt !== null || status === 'Error') return null;",
      replace: "if (status !== '') return null;",
    },
    {
      name: 'a job that runs without us is not followed',
      find: 'return { ...settled, job: followOthers(settled.job, { failure, baseline }, context) };',
      replace: 'return settled;',
    },
  ]),
  ...mutantsOf('src/domain/retry-policy/delays.ts', machineTests, [
    {
      name: 'the first delay holds for every retry',
      find: 'policy.delaysMs[Math.min(retriesUsed, policy.delaysMs.length - 1)]',
      replace: 'policy.delaysMs[0]',
    },
  ]),
  ...mutantsOf('src/domain/retry-policy/retry-policy.ts', machineTests, [
    {
      name: 'a job that no entry matches gets the last one',
      find: 'entries.find((entry) => matches(entry.match, environment, failure)) ?? null',
      replace:
        'entries.find((entry) => matches(entry.match, environment, failure)) ?? entries.at(-1) ?? null',
    },
    {
      name: 'the legal entity of an entry is not looked at',
      find: '(match.legalEntity === null || sameText(match.legalEntity, failure.legalEntity))',
      replace: 'true',
    },
  ]),
  ...mutantsOf('src/domain/job/report-run.ts', machineTests, [
    {
      name: 'a finished event of an older run heals',
      find: 'return failed === null || isNewer(endedAt, failed);',
      replace: 'return true;',
    },
    {
      name: 'a finished event of the failed run itself heals the run that is followed',
      find: 'return failedRunEndedAt === null || isAfter(endedAt, phase.baseline);',
      replace: 'return true;',
    },
    {
      name: 'a finished event leaves the failure that waits',
      find: 'if (!pending || !isNewer(endedAt, pending.failure.endedAt)) return draft;',
      replace: 'if (pending !== undefined) return draft;',
    },
    {
      name: 'a finished event does not prove that a request of unknown fate arrived',
      find: 'if (!isAfter(endedAt, phase.claim.baseline)) return draft;',
      replace: 'if (phase) return draft;',
    },
    {
      name: 'that finished events arrive is not remembered',
      find: 'seen: { ...seen, finishedRunEndedAt: endedAt, runEndedAt: latest(seen.runEndedAt, endedAt) },',
      replace: 'seen: { ...seen, runEndedAt: latest(seen.runEndedAt, endedAt) },',
    },
    {
      name: 'a canceled event changes nothing',
      find: 'return known ? canceled(known, event, endedAt, context) : changesNothing(event);',
      replace: 'return changesNothing(event);',
    },
    {
      name: 'what others healed without a retry is announced as recovered by the finished event',
      find: "phase.kind === 'watching' || mustAnnounceEnd(draft.job, phase.kind === 'following' ? phase : byOthers);",
      replace: 'true;',
    },
    {
      name: 'a start before the request proves that it arrived',
      find: 'const isSince = baseline !== null && isNewer(occurredAt, baseline.readAt);',
      replace: 'const isSince = baseline !== null;',
    },
  ]),
];
