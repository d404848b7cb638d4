import { mutantsOf } from './mutant.ts';

const causes = ['test/domain/cause test/domain/job', 'test/usecases/causes'];
const adapter = ['test/adapters/log-analytics'];
const crash = ['test/proof/crash-loses-no-cause.test.ts'];

/** Why a run failed: of which run, once, clean, and in nobody's way. */
export const causeMutants = [
  ...mutantsOf('src/domain/job/cause-found.ts', causes, [
    {
      name: 'a cause is noted again and again',
      find: "if (context.isKnown) return unchanged('The cause of this failure is known.');",
      replace: '',
    },
    {
      name: 'the cause of any failure is told',
      find: 'job.announced?.eventId === failure.eventId',
      replace: 'job.announced !== null',
    },
  ]),
  ...mutantsOf('src/usecases/engine/write-job.ts', causes, [
    {
      name: 'a failure whose cause is known counts as decided',
      find: "about === 'cause' ? causeIdOf(eventId) : eventId,",
      replace: "about === 'cause' && eventId === '' ? causeIdOf(eventId) : eventId,",
    },
  ]),
  ...mutantsOf('src/usecases/engine/write-job.ts', crash, [
    {
      name: 'a cause is looked for only after the decision is written',
      find: 'await Promise.all([enqueued, ...lookedFor]);',
      replace: 'await enqueued;',
    },
  ]),
  ...mutantsOf('src/domain/job/new-failures.ts', crash, [
    {
      name: 'nobody looks for the cause of a failure whose process died with its claim',
      find: '[...fresh, ...leftBehind(before, event)]',
      replace: 'fresh',
    },
  ]),
  ...mutantsOf('src/usecases/engine/enqueue-again.ts', crash, [
    {
      name: 'the text of an event dies with the process that received it first',
      find: 'text === null ? null : enqueueLookUp(',
      replace: 'text !== null ? null : enqueueLookUp(',
    },
  ]),
  ...mutantsOf('src/usecases/causes/look-up-cause.ts', crash, [
    {
      name: 'the cause of a failure that nobody decided is kept beside that of its run',
      find: ' || !(await isDecided(item))',
      replace: '',
    },
  ]),
  ...mutantsOf('src/usecases/causes/cause-pages.ts', causes, [
    {
      name: 'only one page of causes is counted',
      find: 'if (page.length < pageSize) return;',
      replace: 'if (page.length <= pageSize) return;',
    },
  ]),
  ...mutantsOf('src/usecases/causes/causes-of-runs.ts', causes, [
    {
      name: 'a run tells the cause of another run of its job',
      find: ' && isWithin(run, cause.failedAt)',
      replace: '',
    },
  ]),
  ...mutantsOf('src/domain/cause/plain-text.ts', causes, [
    {
      name: 'half of a character is kept',
      find: '.toWellFormed()',
      replace: '',
    },
    {
      name: 'control characters are kept',
      find: ".replaceAll(control, ' ')",
      replace: '',
    },
  ]),
  ...mutantsOf('src/domain/cause/choose-cause.ts', causes, [
    {
      name: "the class's name is kept as it comes",
      find: 'first.className && cutText(plainText(first.className), maxClassName)',
      replace: 'first.className',
    },
  ]),
  ...mutantsOf('src/domain/cause/run-window.ts', causes, [
    {
      name: 'a run of unknown start is searched for a day',
      find: 'const unknownStartMs = 15 * 60_000;',
      replace: 'const unknownStartMs = 24 * 60 * 60_000;',
    },
    {
      name: 'the run before lends its texts',
      find: 'previousEndedAt !== null && previousEndedAt < endedAt',
      replace: 'previousEndedAt !== null && previousEndedAt > endedAt',
    },
  ]),
  ...mutantsOf('src/domain/cause/look-up-times.ts', causes, [
    {
      name: 'causes are looked for without end',
      find: 'if (elapsedMs >= lookUpForMs) return null;',
      replace: '',
    },
    {
      name: "the platform's words are the cause at once",
      find: "source !== 'platform' || ",
      replace: "source !== 'event' || ",
    },
  ]),
  ...mutantsOf('src/usecases/causes/text-search.ts', causes, [
    {
      name: 'a telemetry that throttles is asked all the same',
      find: 'if (pauseMs > 0 || ',
      replace: 'if (',
    },
    {
      name: 'all queries are sent at once',
      find: ' || traffic.underWay >= maxAtOnce',
      replace: '',
    },
    {
      name: 'a missing permission is announced for each job',
      find: 'if (!(await gate.mayAnnounceNoCauses(environment))) return;',
      replace: 'await gate.mayAnnounceNoCauses(environment);',
    },
  ]),
  ...mutantsOf('src/events/read-error-text.ts', causes, [
    {
      name: 'the text of an event is queued with its secrets',
      find: 'scrub(found, maxCauseLength)',
      replace: 'found',
    },
  ]),
  ...mutantsOf('src/adapters/log-analytics/log-analytics-texts.ts', adapter, [
    {
      name: 'a redirect of Log Analytics is followed',
      find: 'redirectOptions: { maxRetries: 0 },',
      replace: '',
    },
    {
      name: 'an answer in part proves how a task ended',
      find: 'return answer.isWhole ? {',
      replace: 'return answer.kind ? {',
    },
  ]),
  ...mutantsOf('src/adapters/log-analytics/query-failure.ts', adapter, [
    {
      name: 'the code of an error is told, whatever it says',
      find: "/^[\\w.-]{1,60}$/.test(told) ? told : 'no code'",
      replace: 'told',
    },
  ]),
  ...mutantsOf('src/adapters/log-analytics/azure-cloud.ts', causes, [
    {
      name: "another cloud's Log Analytics is asked with a token for the public one",
      find: 'credentials: { scopes: [`${address}/.default`] }',
      replace: '',
    },
  ]),
  ...mutantsOf('src/adapters/log-analytics/read-rows.ts', adapter, [
    {
      name: 'a row that only names the id belongs to the job',
      find: " && properties.get('batchjobid') === jobId",
      replace: '',
    },
  ]),
];
