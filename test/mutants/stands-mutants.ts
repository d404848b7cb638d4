import { mutantsOf } from './mutant.ts';
import { machineTests } from './test-targets.ts';

/** "What still stands", and how runs are kept apart. */
export const standsMutants = [
  ...mutantsOf('src/domain/job/stands.ts', machineTests, [
    {
      name: 'a job in Error is not requeued',
      find: "null, 'the job failed', 'stands'",
      replace: "null, 'the job failed', 'superseded'",
    },
    {
      name: 'a job that ran again and waits is requeued',
      find: "'it ran again meanwhile', 'runs'",
      replace: "'it ran again meanwhile', 'stands'",
    },
    {
      name: 'a recurring job that waits for its schedule is not requeued',
      find: "'a recurring job that waits for its schedule', 'stands'",
      replace: "'a recurring job that waits for its schedule', 'superseded'",
    },
    {
      name: 'a job that is about to start is requeued',
      find: "'it is about to start', 'runs'",
      replace: "'it is about to start', 'stands'",
    },
    {
      name: 'a recurring job of which F&O shows no planned start is not requeued',
      find: "'a recurring job that waits', 'stands'",
      replace: "'a recurring job that waits', 'superseded'",
    },
    {
      name: 'a job that does not recur and waits is requeued',
      find: "'it waits to run', 'superseded'",
      replace: "'it waits to run', 'stands'",
    },
    {
      name: 'a job that F&O shows late counts as running again',
      find: 'const latestRuns = [...(isBehind',
      replace: 'const latestRuns = [...(false',
    },
    { name: 'a running job is requeued', find: "'it runs', 'runs'", replace: "'it runs', 'stands'" },
    {
      name: 'a job that ended well meanwhile is requeued',
      find: "row('Finished', 'newer', 'any', null, 'it ended well meanwhile', 'healed')",
      replace: "row('Finished', 'newer', 'any', null, 'it ended well meanwhile', 'stands')",
    },
    {
      name: 'a job that ended well meanwhile keeps its episode',
      find: "row('Finished', 'newer', 'any', null, 'it ended well meanwhile', 'healed')",
      replace: "row('Finished', 'newer', 'any', null, 'it ended well meanwhile', 'superseded')",
    },
    {
      name: 'a finished job whose times are unknown is requeued',
      find: "row('Finished', 'unknown', 'any', null, 'it ended well meanwhile', 'healed')",
      replace: "row('Finished', 'unknown', 'any', null, 'it ended well meanwhile', 'stands')",
    },
    {
      name: 'a failed run that F&O calls finished is requeued',
      find: "'F&O calls the failed run finished', 'superseded'",
      replace: "'F&O calls the failed run finished', 'stands'",
    },
    {
      name: 'a job that a person took out keeps its episode',
      find: "'a person took it out', 'taken-out'",
      replace: "'a person took it out', 'superseded'",
    },
    {
      name: 'a job of unknown status is requeued',
      find: "'this status is not known', 'not known'",
      replace: "'this status is not known', 'stands'",
    },
    {
      name: 'the latest run is not looked at',
      find: "return isNewer(latest, failedRunEndedAt) ? 'newer' : 'E';",
      replace: "return 'E';",
    },
    {
      name: 'a finished run is not news for a failure that does not say when it ended',
      find: "return observed.status === 'Finished' ? 'newer' : 'E';",
      replace: "return 'E';",
    },
  ]),
  ...mutantsOf('src/domain/job/pending.ts', machineTests, [
    {
      name: 'the status alone decides',
      find: "if (row.verdict !== 'stands') return",
      replace: "if (observed.status !== 'Error') return",
    },
  ]),
  ...mutantsOf('src/domain/job/runs.ts', machineTests, [
    {
      name: 'the end of the failed run that shows late is taken for a newer run',
      find: 'return isShown ? observed.startedAt > startedAt : null;',
      replace: 'return null;',
    },
    {
      name: 'the end of the failed run that shows late is taken for a newer run, where no start is shown',
      find: 'return failedRunEndedAt !== null && isOfRun(failedRunEndedAt, observed);',
      replace: 'return false;',
    },
    {
      name: 'two ends a second apart are two runs',
      find: 'const sameRunMs = 2000;',
      replace: 'const sameRunMs = 0;',
    },
    {
      name: 'two ends five minutes apart are one run',
      find: 'const sameRunMs = 2000;',
      replace: 'const sameRunMs = 300_000;',
    },
    {
      name: 'a start in a minute is later than soon',
      find: 'const soonMs = 2 * minute;',
      replace: 'const soonMs = -minute;',
    },
    {
      name: 'a start in an hour is soon',
      find: 'const soonMs = 2 * minute;',
      replace: 'const soonMs = 61 * minute;',
    },
    { name: "our clock stands in for F&O's", find: '(readAt ?? now).getTime()', replace: 'now.getTime()' },
    {
      name: 'a newer start is no newer run',
      find: 'return latest(startedAt, endedAt);',
      replace: 'return endedAt;',
    },
    {
      name: 'a run that was over when F&O was read passes for a newer one',
      find: ' && !(time !== null && readAt !== null && time <= readAt)',
      replace: '',
    },
    {
      name: 'a request serves only the run that it is for',
      find: 'return latest(known && addMs(known, sameRunMs), readAtIfNoTimes(baseline));',
      replace: 'return known && addMs(known, sameRunMs);',
    },
    {
      name: 'an end years ahead is believed',
      find: 'return time && time <= addMs(now, implausibleMs) ? time : null;',
      replace: 'return time;',
    },
    {
      name: 'the end of a run that was under way is no news',
      find: 'return isRunning(status) ? startedAt && addMs(startedAt, -sameRunMs - 1) : latestRunAt(baseline);',
      replace: 'return latestRunAt(baseline);',
    },
    {
      name: 'a job on hold is not taken out',
      find: "status === 'Hold' || ",
      replace: '',
    },
  ]),
];
