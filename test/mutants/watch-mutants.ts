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
  ...mutantsOf(
    'src/domain/job/requeued-run.ts',
    ['test/domain/job/requeued-run.test.ts'],
    [
      {
        name: 'the run before a requeue counts as started by it',
        find: '!isAfter(endedAt, followed.baseline)',
        replace: 'false',
      },
    ],
  ),
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
      find: 'mayBeKnown(before, next, stored) ? toldLate(before, stored) : before',
      replace: 'before',
    },
    {
      name: 'a run whose event came late stays as nobody could tell its end',
      find: 'toldLate(before, stored)',
      replace: 'null',
    },
    {
      name: 'a failed run that the history tells is kept twice',
      find: 'if (!mayBeKnown(before, next, others)) {',
      replace: 'if (stored !== others) {',
    },
  ]),
  ...mutantsOf('src/domain/watch/failed-before.ts', watchTests, [
    {
      name: 'a failed run of long ago is kept again',
      find: ' && endedAt >= since)',
      replace: ')',
    },
    {
      name: 'a failed run that ended within another is kept beside it',
      find: 'endedAt < startedAt && ',
      replace: '',
    },
  ]),
  ...mutantsOf('src/domain/watch/watch-state.ts', watchTests, [
    {
      name: 'two processes look at the same time',
      find: 'return !isAhead(leaseUntil, now, watchLeaseMs);',
      replace: 'return true;',
    },
    {
      name: 'the watch has no patience with F&O',
      find: 'if (!isDue || isAhead(current.notBeforeAt, now, 60 * minute)) return null;',
      replace: 'if (!isDue) return null;',
    },
    {
      name: 'a look reaches back without end',
      find: 'return from < earliest ? earliest : from;',
      replace: 'return from;',
    },
    {
      name: 'the first search finds no run of another time zone',
      find: 'return addMs(now, -firstSearchMs);',
      replace: 'return now;',
    },
    {
      name: 'a look begins where the last one ended',
      find: 'const from = addMs(positionAt, showsUtc ? -overlapMs : -overlapMs - setBackMs);',
      replace: 'const from = positionAt;',
    },
  ]),
  ...mutantsOf('src/usecases/watch/settle-runs.ts', watchTests, [
    {
      name: 'what failed before a newer run is requeued',
      find: "const isMoot = end === 'failed' &&",
      replace: "const isMoot = end === 'ended' &&",
    },
  ]),
  ...mutantsOf('src/domain/watch/run-clock.ts', watchTests, [
    {
      name: 'F&O is believed to show its times in one time zone for ever',
      find: 'const aheadMs = fits ? known.aheadMs : atLeastMs;',
      replace: 'const aheadMs = known.aheadMs;',
    },
    {
      name: 'one run alone raises a clock that is certain',
      find: 'const limitMs = second?.aheadMs ?? aheadMs;',
      replace: 'const limitMs = highest?.aheadMs ?? aheadMs;',
    },
    {
      name: 'a look that was cut is believed to have seen the newest run',
      find: 'if (before === null && isComplete) return',
      replace: 'if (before === null) return',
    },
  ]),
  ...mutantsOf('src/usecases/watch/made-by-code.ts', watchTests, [
    {
      name: 'a job that code made is requeued if the batch history shows its run',
      find: 'for (const { jobId } of jobs) left.add(jobId);',
      replace: '',
    },
  ]),
  ...mutantsOf('src/domain/watch/seen-until.ts', watchTests, [
    {
      name: 'one job whose times are wrong moves the position for all',
      find: 'newest && newest > aloneUntil ? aloneUntil : newest',
      replace: 'newest',
    },
  ]),
  ...mutantsOf('src/domain/watch/first-look.ts', watchTests, [
    {
      name: 'what ended before the first look is told from the rest by F&O’s clock alone',
      find: 'if (!shown) return',
      replace: 'if (!shown || run.endedAt > beganAt) return run.endedAt > beganAt; else return',
    },
  ]),
  ...mutantsOf('src/usecases/watch/telemetry-ends.ts', watchTests, [
    {
      name: 'the telemetry is asked for the local time of a run',
      find: 'const own = this.#byTelemetry(run);',
      replace: 'const own = run;',
    },
  ]),
  ...mutantsOf('src/usecases/watch/watch.ts', watchTests, [
    {
      name: 'a run whose telemetry answers with faults holds up the others',
      find: 'questions.inOrder(seen.open)',
      replace: 'seen.open',
    },
  ]),
  ...mutantsOf('src/domain/watch/ask-order.ts', watchTests, [
    {
      name: 'runs of which the telemetry tells nothing hold up the others',
      find: 'return asked ? asked.at.getTime() + 1 : endedAt.getTime() + telemetryCompleteMs;',
      replace: 'return endedAt.getTime() + telemetryCompleteMs;',
    },
    {
      name: 'a run is asked about at each look',
      find: 'asked.answers * pauseMs',
      replace: '0 * pauseMs',
    },
  ]),
  ...mutantsOf('src/domain/watch/end-by-tasks.ts', watchTests, [
    {
      name: 'a failed task that then finished has failed',
      find: '(finishedAt === null || finishedAt < startedAt)',
      replace: 'true',
    },
    {
      name: 'a task that nothing shows to have started has failed',
      find: "if (startedAt === null || startedAt > startsUntil) return 'unclear';",
      replace: "if (startedAt === null) return failedAt ? 'failed' : 'unclear';",
    },
    {
      name: 'what was written late of the run before is of this run',
      find: 'ownFrom: latest(run.startedAt, beforeUntil),',
      replace: 'ownFrom: null,',
    },
    {
      name: 'a task of the run before leaves open how this run ended',
      find: "? 'before' : 'unclear'",
      replace: "? 'unclear' : 'unclear'",
    },
    {
      name: 'of tasks that are not shown all ended well',
      find: '!isCut && ',
      replace: '',
    },
  ]),
  ...mutantsOf('src/usecases/watch/seen-looks.ts', watchTests, [
    {
      name: 'two processes whose clocks lie apart look both',
      find: 'return before ? 0 : null;',
      replace: 'return null;',
    },
  ]),
  ...mutantsOf('src/usecases/watch/unknown-statuses.ts', watchTests, [
    {
      name: 'a status that is not known is told at each look',
      find: ' || told.has(status)',
      replace: '',
    },
  ]),
  ...mutantsOf('src/domain/watch/open-runs.ts', watchTests, [
    {
      name: 'of two rows that contradict each other, the last wins',
      find: "run: { ...found.run, end: 'ended', learned: null }, isKept",
      replace: 'run, isKept',
    },
    {
      name: 'a run whose end is written anew is another run',
      find: 'return isSameRun(one.startedAt, other.startedAt) || isSameRun',
      replace: 'return isSameRun',
    },
  ]),
  ...mutantsOf('src/usecases/watch/see.ts', watchTests, [
    {
      name: 'what failed before the first look is requeued',
      find: 'run.endedAt >= endedFrom && hasEndedSince(state, run, clock.aheadMs)',
      replace: 'run.endedAt >= endedFrom',
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
      find: 'if (!asked.running && asked.dueBefore === null) break;',
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
  ...mutantsOf('src/usecases/watch/watch.ts', watchTests, [
    {
      name: 'a look that could not read the history is believed to have told all',
      find: 'const toldUntilAt = seen.hasHistory && history?.entity ?',
      replace: 'const toldUntilAt = history?.entity ?',
    },
  ]),
  ...mutantsOf('src/domain/job/learn-run.ts', watchTests, [
    {
      name: 'a run that failed counts as silent if a newer one has ended',
      find: '{ ...seen, endedWithoutEvent: null }',
      replace: 'seen',
    },
    {
      name: 'a failed run that a newer one makes moot is not told in the history',
      find: 'if (phase.kind === job.phase.kind) return changed(heard);',
      replace: 'if (phase) return changed(heard);',
    },
    {
      name: 'a late event of a learned run is a failure again',
      find: 'const seen = { ...received.job.seen, learnedRun: run };',
      replace: 'const seen = received.job.seen;',
    },
    {
      name: 'a newer run that F&O does not show any more is forgotten',
      find: '...(staysShown ? {} : { learnedFinish: run })',
      replace: '',
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
