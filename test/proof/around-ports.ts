import type { BatchJobs } from '../../src/ports/batch-jobs.ts';
import type { Causes } from '../../src/ports/causes.ts';
import type { FailureTexts } from '../../src/ports/failure-texts.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { RunSearch } from '../../src/ports/run-search.ts';
import type { Runs } from '../../src/ports/runs.ts';
import type { Subscribers } from '../../src/ports/subscribers.ts';
import type { Subscriptions } from '../../src/ports/subscriptions.ts';
import type { WorkQueue } from '../../src/ports/work-queue.ts';

/** Stands around each I/O of the service; `name` is the port and the verb. */
export type Around = <Result>(name: string, io: () => Promise<Result>) => Promise<Result>;

export function aroundLedger(ledger: Ledger, around: Around): Ledger {
  return {
    read: (key, eventId) => around('ledger.read', () => ledger.read(key, eventId)),
    write: (key, version, change) => around('ledger.write', () => ledger.write(key, version, change)),
    list: (after, limit, environment) => around('ledger.list', () => ledger.list(after, limit, environment)),
    history: (key, before, limit) => around('ledger.history', () => ledger.history(key, before, limit)),
    updateEnvironment: (environment, change) =>
      around('ledger.updateEnvironment', () => ledger.updateEnvironment(environment, change)),
    prune: (key, instant) => around('ledger.forget', () => ledger.prune(key, instant)),
    proveWritable: () => around('ledger.proveWritable', () => ledger.proveWritable()),
  };
}

export function aroundQueue(queue: WorkQueue, around: Around): WorkQueue {
  return {
    enqueue: (item, options) => around('queue.enqueue', () => queue.enqueue(item, options)),
    receive: (limit) => around('queue.receive', () => queue.receive(limit)),
    complete: (received) => around('queue.complete', () => queue.complete(received)),
    postpone: (received, delayMs, item) =>
      around('queue.postpone', () => queue.postpone(received, delayMs, item)),
    deadLetter: (item, raw, reason) => around('queue.deadLetter', () => queue.deadLetter(item, raw, reason)),
    listDeadLetters: (limit) => around('queue.listDeadLetters', () => queue.listDeadLetters(limit)),
    proveWritable: () => around('queue.proveWritable', () => queue.proveWritable()),
  };
}

export function aroundBatchJobs(batchJobs: BatchJobs, around: Around): BatchJobs {
  return {
    setToWaiting: (jobId, signal) => around('fno.setToWaiting', () => batchJobs.setToWaiting(jobId, signal)),
    read: (jobId, signal) => around('fno.read', () => batchJobs.read(jobId, signal)),
    listByIds: (jobIds, signal) => around('fno.listByIds', () => batchJobs.listByIds(jobIds, signal)),
    list: (query, signal) => around('fno.list', () => batchJobs.list(query, signal)),
  };
}

export function aroundSubscriptions(subscriptions: Subscriptions, around: Around): Subscriptions {
  return {
    add: (subscription) => around('subscriptions.add', () => subscriptions.add(subscription)),
    get: (id) => around('subscriptions.get', () => subscriptions.get(id)),
    list: () => around('subscriptions.list', () => subscriptions.list()),
    replace: (before, after) => around('subscriptions.replace', () => subscriptions.replace(before, after)),
    remove: (id) => around('subscriptions.remove', () => subscriptions.remove(id)),
  };
}

export function aroundSubscribers(subscribers: Subscribers, around: Around): Subscribers {
  return {
    whyNotAllowed: (url) => subscribers.whyNotAllowed(url),
    notify: (url, body, signal) => around('subscribers.notify', () => subscribers.notify(url, body, signal)),
  };
}

export function aroundRuns(runs: Runs, around: Around): Runs {
  return {
    put: (run) => around('runs.put', () => runs.put(run)),
    ofJob: (key, before, limit) => around('runs.ofJob', () => runs.ofJob(key, before, limit)),
    between: (environment, span, after, limit) =>
      around('runs.between', () => runs.between(environment, span, after, limit)),
    prune: (environment, instant) => around('runs.prune', () => runs.prune(environment, instant)),
    readWatch: (environment) => around('runs.readWatch', () => runs.readWatch(environment)),
    updateWatch: (environment, change) =>
      around('runs.updateWatch', () => runs.updateWatch(environment, change)),
  };
}

export function aroundRunSearch(search: RunSearch, around: Around): RunSearch {
  return {
    search: (query, signal) => around('fno.search', () => search.search(query, signal)),
    findHistory: (signal) => around('fno.findHistory', () => search.findHistory(signal)),
    history: (entity, query, signal) => around('fno.history', () => search.history(entity, query, signal)),
  };
}

export function aroundCauses(causes: Causes, around: Around): Causes {
  return {
    put: (cause) => around('causes.put', () => causes.put(cause)),
    get: (key, eventId) => around('causes.get', () => causes.get(key, eventId)),
    since: (environment, instant, after, limit) =>
      around('causes.since', () => causes.since(environment, instant, after, limit)),
    prune: (environment, instant) => around('causes.prune', () => causes.prune(environment, instant)),
  };
}

export function aroundFailureTexts(texts: FailureTexts, around: Around): FailureTexts {
  return {
    find: (query, signal) => around('telemetry.find', () => texts.find(query, signal)),
    tasks: (query, signal) => around('telemetry.tasks', () => texts.tasks(query, signal)),
  };
}
