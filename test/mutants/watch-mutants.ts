import { mutantsOf } from './mutant.ts';

const watchTests = ['test/usecases/watch', 'test/domain/watch'];

/** The watch. */
export const watchMutants = [
  ...mutantsOf('src/domain/watch/settle-run.ts', watchTests, [
    {
      name: 'the watch does not wait for an event',
      find: 'return fnoNow.getTime() - endedAt.getTime() >= waitMs;',
      replace: 'return true;',
    },
    {
      name: 'the status of a job that has started again counts for the run before',
      find: 'const end = hasStartedAgain ? null : endOf(status);',
      replace: 'const end = endOf(status);',
    },
  ]),
  ...mutantsOf('src/usecases/watch/settle-runs.ts', watchTests, [
    {
      name: 'where no events are sent, events count as lost',
      find: 'if (isLost && sendsEvents)',
      replace: 'if (isLost)',
    },
    {
      name: 'a run is settled though its telemetry could not be asked',
      find: 'told ? telemetryLateMs : catchUpMs',
      replace: 'telemetryLateMs',
    },
  ]),
  ...mutantsOf('src/usecases/watch/keep-failed-before.ts', watchTests, [
    {
      name: 'a failed run that the store has is kept again',
      find: 'if (!mayBeKnown(before, run, await runs.ofJob(run, null, latest))) await',
      replace: 'await',
    },
    {
      name: 'a failed run that the history tells is kept twice',
      find: 'if (!before || mayBeKnown(before, run, others)) return;',
      replace: 'if (!before) return;',
    },
  ]),
  ...mutantsOf('src/domain/watch/failed-before.ts', watchTests, [
    {
      name: 'a failed run of long ago is kept again',
      find: 'if (endedAt < addMs(run.startedAt, -catchUpMs)) return null;',
      replace: '',
    },
    {
      name: 'a failed run that ended within another is kept beside it',
      find: ' || endedAt >= run.startedAt) return null;',
      replace: ') return null;',
    },
  ]),
  ...mutantsOf('src/domain/watch/watch-state.ts', watchTests, [
    {
      name: 'two processes look at the same time',
      find: 'if (isAhead(current.leaseUntil, now, watchLeaseMs)) return null;',
      replace: '',
    },
    {
      name: 'the watch has no patience with F&O',
      find: 'if (isAhead(current.notBeforeAt, now, 60 * minute)) return null;',
      replace: '',
    },
    {
      name: 'a look reaches back without end',
      find: 'return from < earliest ? earliest : from;',
      replace: 'return from;',
    },
    {
      name: 'a look begins where the last one ended',
      find: 'const from = addMs(positionAt, -overlapMs);',
      replace: 'const from = positionAt;',
    },
  ]),
  ...mutantsOf('src/usecases/watch/settle-runs.ts', watchTests, [
    {
      name: 'what failed before a newer run is requeued',
      find: "const isOver = end === 'failed' &&",
      replace: "const isOver = end === 'ended' &&",
    },
  ]),
  ...mutantsOf('src/usecases/watch/see.ts', watchTests, [
    {
      name: 'what failed before the first look is requeued',
      find: 'endedAt >= endedFrom && endedAt >= beganAt',
      replace: 'endedAt >= endedFrom',
    },
  ]),
  ...mutantsOf('src/usecases/watch/read-history.ts', watchTests, [
    {
      name: 'a fault of F&O counts as an F&O without a history',
      find: "if (found.kind !== 'listed' && found.kind !== 'misconfigured')",
      replace: "if (found.kind === 'breaker-open')",
    },
  ]),
  ...mutantsOf('src/usecases/watch/search-runs.ts', watchTests, [
    {
      name: 'jobs that are late hide the runs that ended',
      find: 'if (asked.startedBefore === null && asked.dueBefore === null) break;',
      replace: 'break;',
    },
  ]),
  ...mutantsOf('src/adapters/fno/fno-run-search.ts', watchTests, [
    {
      name: 'an address is longer than F&O takes',
      find: 'return path.length <= maxPathLength ?',
      replace: 'return path.length > 0 ?',
    },
  ]),
  ...mutantsOf('src/domain/job/learn-run.ts', watchTests, [
    {
      name: 'a late event of a learned run is a failure again',
      find: 'const seen = { ...received.job.seen, learnedRun: run };',
      replace: 'const seen = received.job.seen;',
    },
  ]),
  ...mutantsOf('src/domain/job/note-unusual.ts', watchTests, [
    {
      name: 'a long run is announced at each look',
      find: "if (isFound(job, finding, at)) return unchanged('This was announced before.');",
      replace: '',
    },
  ]),
  ...mutantsOf('src/usecases/watch/listed-only.ts', watchTests, [
    {
      name: 'a search shows every job',
      find: 'only: onlyOf(entries),',
      replace: 'only: null,',
    },
  ]),
];
