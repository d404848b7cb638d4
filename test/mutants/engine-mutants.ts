import { mutantsOf } from './mutant.ts';
import { engineTests, quickUseCases, slowUseCases } from './test-targets.ts';

const usecases = [quickUseCases, ...slowUseCases];

/** The engine, which reads, writes and sends. */
const ofEngine = [
  ...mutantsOf('src/usecases/engine/run-job.ts', engineTests, [
    {
      name: 'the permit is ignored',
      find: "if (permit?.kind === 'denied') {",
      replace: 'if (false) {',
    },
    {
      name: 'failures of one job that came apart are decided at the same time',
      find: "event.kind === 'failure' ? engine.turns.take(key, deadline, run) : run()",
      replace: 'run()',
    },
    {
      name: 'a request is sent though no time is left',
      find: 'const outcome = !deadline.canCallFno()',
      replace: 'const outcome = false',
    },
    {
      name: 'requests do not count for the breaker',
      find: "permit && gate.recordOutcome(key.environment, permit.breaker, 'request', outcome),",
      replace: 'null,',
    },
    {
      name: 'what F&O took is not recorded if the answer is too late',
      find: "(event.kind === 'answered' && deadline.isOver())",
      replace: 'false',
    },
    {
      name: 'what was published late is published twice',
      find: "|| event.kind === 'published';",
      replace: ';',
    },
    {
      name: 'an outcome that cannot be recorded has the event come again',
      find: '  } catch (error) {\n    if (!(error instanceof StoreUnavailable)) throw error;\n    const message = `The outcome',
      replace: '  } catch (error) {\n    if (error) throw error;\n    const message = `The outcome',
    },
    {
      name: 'what another process has decided is no answer once it is too late to write',
      find: 'if (!mayWrite(event, deadline) && !deadline.canCallStoreOnce()) throw',
      replace: 'if (!mayWrite(event, deadline)) throw',
      tests: ['test/usecases/engine/late-conflict.test.ts'],
    },
    {
      name: 'one conflict is the last',
      find: 'const maxConflicts = 500;',
      replace: 'const maxConflicts = 20;',
    },
  ]),
  ...mutantsOf('src/usecases/engine/write-job.ts', engineTests, [
    {
      name: 'the claim is not written',
      find: 'ports.ledger.write(key, version, change),',
      replace:
        "request ? Promise.resolve({ kind: 'written', version } as const) : ports.ledger.write(key, version, change),",
    },
    {
      name: 'a conflict is ignored',
      find: "if (written.kind === 'conflict') {",
      replace: "if (written.kind === 'conflict') return { job, version, permit };\n  if (false) {",
    },
    {
      name: 'unpublished messages are lost when more is decided',
      find: 'messages: [...outbox.messages, ...messages],',
      replace: 'messages,',
    },
    {
      name: 'the outbox is lost',
      find: 'messages: [...outbox.messages, ...messages],',
      replace: 'messages: outbox.messages,',
    },
    {
      name: 'nothing is queued to publish the outbox',
      find: 'messages.length > 0 ? enqueuePublish(ports, key) : null,',
      replace: 'null,',
    },
    {
      name: 'the record names a wake-up that is not queued yet',
      find: "if (event.kind !== 'failure' || !request) await Promise.all([enqueued, ...lookedFor]);",
      replace: '',
    },
    {
      name: 'a claim has no lease',
      find: 'enqueueWakeUp(ports, key, wake, isLeased(job) ? claimLeaseMs : Math.max(untilMs, afterWriteMs))',
      replace: 'enqueueWakeUp(ports, key, wake, isLeased(job) ? 0 : Math.max(untilMs, afterWriteMs))',
    },
    {
      name: 'a failure behind a claim whose process died waits for a wake-up that nobody queued',
      find: '(wake.id !== decided.wake?.id || isWakeUpInDoubt(decided, event));',
      replace: 'wake.id !== decided.wake?.id;',
    },
    {
      name: 'event ids are written again with each record',
      find: 'ids.delete(eventId);',
      replace: 'ids.add(eventId);',
    },
    {
      name: 'event ids are not written',
      find: 'eventIds: newEventIds(before, job, decisions),',
      replace: 'eventIds: [],',
    },
  ]),
  ...mutantsOf('src/usecases/engine/wake-up.ts', engineTests, [
    {
      name: 'a claim keeps the wake-up of before',
      find: 'if (wake && !request) {',
      replace: 'if (wake) {',
    },
    {
      name: 'a wake-up that comes too late is kept',
      find: 'if (!wake.isDeadLettered && wake.at <= dueAt) return wake;',
      replace: 'if (!wake.isDeadLettered) return wake;',
    },
    {
      name: 'a dead letter counts as the wake-up of the next failure',
      find: 'if (!wake.isDeadLettered && wake.at <= dueAt) return wake;',
      replace: 'if (wake.at <= dueAt) return wake;',
    },
  ]),
  ...mutantsOf('src/usecases/engine/enqueue-again.ts', engineTests, [
    {
      name: 'an event that is delivered again queues no wake-up for one that was lost',
      find: "if (!dueAt || !job?.wake || event.kind !== 'failure' || !isWakeUpInDoubt(job, event)) return;",
      replace: 'if (event) return;',
    },
    {
      name: 'each duplicate of an open failure queues a wake-up',
      find: "if (!dueAt || !job?.wake || event.kind !== 'failure' || !isWakeUpInDoubt(job, event)) return;",
      replace: "if (!dueAt || !job?.wake || event.kind !== 'failure') return;",
    },
  ]),
];

/** What brings events to the engine, and what comes of them. */
const ofUseCases = [
  ...mutantsOf('src/usecases/engine/environment-gate.ts', engineTests, [
    {
      name: 'a query that F&O answers counts for nothing',
      find: "if (listed.kind === 'listed') await",
      replace: 'if (false) await',
      tests: ['test/usecases/engine/read-together.test.ts'],
    },
    {
      name: 'the breaker is ignored for reads',
      find: 'const isOpen = openUntil !== null && openUntil > this.#ports.clock.now();',
      replace: 'const isOpen = false;',
    },
    {
      name: 'reads do not count for the breaker',
      find: "    await this.recordOutcome(environment, breaker, 'read', answer);\n",
      replace: '',
    },
    {
      name: 'a store that cannot be asked grants a permit',
      find: "if (!block) return { kind: 'denied', until, cause: 'contention' };",
      replace:
        "if (!block) return { kind: 'granted', breaker: this.#states.lastSeen(environment).breaker, lapsesAtMs: 0 };",
    },
    {
      name: 'permits are spent while the breaker is open',
      find: 'const isClosed = breaker.openUntil === null;',
      replace: 'const isClosed = true;',
    },
  ]),
  ...mutantsOf(
    'src/usecases/engine/deadline.ts',
    [...usecases, 'test/hosts/in-time.test.ts', 'test/hosts/storage-faults.test.ts'],
    [
      { name: 'F&O gets 90 % of the time', find: 'const fnoPart = 0.5;', replace: 'const fnoPart = 0.9;' },
      {
        name: 'a query for many jobs leaves no time to read each',
        find: 'const briefPart = 0.15;',
        replace: 'const briefPart = 0.5;',
        tests: ['test/usecases/engine/read-together.test.ts'],
      },
      {
        name: 'nobody stops waiting for F&O',
        find: "noLonger.abort(new DOMException('no answer in time', 'TimeoutError')),",
        replace: 'undefined,',
      },
      {
        name: 'a failure waits for others of its job until its time is over',
        find: 'const turnPart = 0.3;',
        replace: 'const turnPart = 1;',
      },
      {
        name: 'failures are queued until the last moment',
        find: 'const lastCallPart = 0.75;',
        replace: 'const lastCallPart = 10;',
      },
    ],
  ),
  ...mutantsOf(
    'src/usecases/work/process-work.ts',
    [...usecases, 'test/proof/slow-store.test.ts'],
    [
      {
        name: 'a lost store counts as a fault of the item',
        find: '      if (error instanceof StoreUnavailable) throw error;\n      return handleFault(ports, item, error, onDeadLetter);',
        replace: '      return handleFault(ports, item, error, onDeadLetter);',
      },
      {
        name: 'an item that met a lost store waits as long as a dead letter would',
        find: 'lostStoreMs = minuteMs / 2',
        replace: 'lostStoreMs = 15 * minuteMs',
      },
      {
        name: 'work that fails is tried for ever',
        find: 'if (faults < maxFaults) {',
        replace: 'if (faults) {',
      },
      {
        name: 'a dead letter is announced to nobody',
        find: '  announceDeadLetter(ports, item, reason);\n  await',
        replace: '  await',
      },
    ],
  ),
  ...mutantsOf('src/usecases/work/consume-work-message.ts', usecases, [
    {
      name: 'a queue trigger deletes what meets a lost store',
      find: '    throw processed.error;\n',
      replace: '',
    },
    {
      name: 'a queue trigger adds an item for what comes later, and keeps the old one',
      find: 'queue.postpone({ receipt }, delayMs, item));',
      replace: 'queue.enqueue(item, { delayMs }));',
    },
  ]),
  ...mutantsOf('src/usecases/work/poll-work-queue.ts', usecases, [
    {
      name: 'what meets a lost store is completed',
      find: 'await queue.postpone(received, processed.delayMs);\n',
      replace: 'await queue.complete(received);\n',
    },
    {
      name: 'a record of another version counts as a lost store',
      find: 'if (!(error instanceof OtherVersion) || ',
      replace: 'if (error instanceof StoreUnavailable || ',
    },
  ]),
  ...mutantsOf('src/usecases/work/do-work.ts', engineTests, [
    {
      name: 'a wake-up is over once it was handed out',
      find: 'const nextAt = job?.wake?.id === wakeId ? nextDueAt(job) : null;',
      replace: 'const nextAt = null as Date | null;',
    },
  ]),
  ...mutantsOf('src/usecases/work/decide-queued.ts', usecases, [
    {
      name: 'of failures that wait together only the first is decided',
      find: 'if (!next) return null;',
      replace: 'if (next ?? true) return null;',
    },
    {
      name: 'queued failures are decided before they are due',
      find: 'Math.min(1 + Math.max(0, Math.floor(lateMs / pace)), maxAtOnce)',
      replace: 'maxAtOnce',
    },
    {
      name: 'an item that is late decides one failure at a time',
      find: 'Math.min(1 + Math.max(0, Math.floor(lateMs / pace)), maxAtOnce)',
      replace: '1',
    },
    {
      name: 'queued failures of one job are decided at the same time',
      find: 'repeated < 0 ? failures : failures.slice(0, repeated)',
      replace: 'failures',
    },
    {
      name: 'failures that lost the store are forgotten',
      find: '[...undecided, ...item.failures.slice(now.length)]',
      replace: 'item.failures.slice(now.length)',
    },
    {
      name: 'a failure that meets a fault holds up those that wait with it',
      find: 'if (item.failures.length === 1) throw error;',
      replace: 'throw error;',
    },
  ]),
  ...mutantsOf('src/usecases/notify/publish-outbox.ts', usecases, [
    {
      name: 'a process publishes although another is at it',
      find: '  if (leased.unchanged) return;\n',
      replace: '',
    },
    {
      name: 'messages are struck off before they are queued',
      find: '  await enqueueDeliveries(engine, key, news.flat());\n  for',
      replace:
        "  await runJob(engine, key, { kind: 'published', ids: new Set(messages.map(({ id }) => id)) }, deadline);\n  await enqueueDeliveries(engine, key, news.flat());\n  for",
      tests: [...usecases, 'test/proof/notification-survives.test.ts'],
    },
    {
      name: 'what was decided while a process published is left',
      find: 'if (done.job?.outbox.messages.length) await',
      replace: 'if (false) await',
    },
  ]),
  ...mutantsOf('src/usecases/work/sweep.ts', usecases, [
    {
      name: 'the sweep misses what is only unpublished',
      find: 'const all = [dueAt, publishAt(job.outbox)].filter(',
      replace: 'const all = [dueAt].filter(',
    },
    {
      name: 'the sweep misses what is only overdue',
      find: 'const all = [dueAt, publishAt(job.outbox)].filter(',
      replace: 'const all = [publishAt(job.outbox)].filter(',
    },
    {
      name: 'the sweep queues dead letters again',
      find: 'const dueAt = job.wake?.isDeadLettered ? null : nextDueAt(job);',
      replace: 'const dueAt = nextDueAt(job);',
    },
    {
      name: 'the sweep queues again what is not overdue',
      find: 'if (!overdue || forMs < overdueMs) continue;',
      replace: 'if (!overdue) continue;',
    },
    {
      name: 'the sweep ends the lease of a claim',
      find: '{ delayMs: claimLeaseMs }',
      replace: '{ delayMs: 0 }',
    },
  ]),
  ...mutantsOf('src/usecases/intake/enqueue-overflow.ts', usecases, [
    {
      name: 'failures that could not be queued are answered as if they were',
      find: "        ports.telemetry.record({ kind: 'error', message, error });\n        return;\n",
      replace: '',
    },
  ]),
  ...mutantsOf('src/usecases/intake/receive-events.ts', usecases, [
    {
      name: 'events of one job in one delivery race each other',
      find: 'const key = jobOf(task) ?? task;',
      replace: 'const key = task;',
    },
    {
      name: 'a store that is lost is answered 200',
      find: "    return { kind: 'unavailable' };\n  }\n}",
      replace: "    return { kind: 'invalid', violations: [] };\n  }\n}",
    },
    {
      name: 'all failures of a delivery are decided at once',
      find: 'const maxAtOnce = 32;',
      replace: 'const maxAtOnce = 100_000;',
    },
  ]),
  ...mutantsOf('src/usecases/notify/subscription-health.ts', usecases, [
    {
      name: 'one 404 drops a subscription',
      find: 'const dropAfterMs = 12 * 3_600_000;',
      replace: 'const dropAfterMs = 0;',
    },
  ]),
  ...mutantsOf('src/usecases/work/prune-history.ts', usecases, [
    {
      name: 'the history is kept for a month',
      find: 'const keptDays = 90;',
      replace: 'const keptDays = 30;',
    },
  ]),
];

export const engineMutants = [...ofEngine, ...ofUseCases];
