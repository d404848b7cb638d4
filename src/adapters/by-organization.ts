import type { Causes } from '../ports/causes.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Runs } from '../ports/runs.ts';
import type { Store } from '../ports/store.ts';
import type { Subscription, Subscriptions } from '../ports/subscriptions.ts';
import type { WorkQueue } from '../ports/work-queue.ts';
import {
  type EnvironmentNames,
  environmentNames,
  type NamedOrganization,
} from '../settings/environment-names.ts';

/**
 * Wraps the store so that it keeps each environment by the host of its organization URL: renaming an environment
 * then loses nothing and repeats nothing. All other code uses names. State of an environment that is no longer
 * configured appears under that host.
 */
export function byOrganization(store: Store, environments: readonly NamedOrganization[]): Store {
  const names = environmentNames(environments);
  return {
    ledger: ledgerBy(names, store.ledger),
    queue: queueBy(names, store.queue),
    subscriptions: subscriptionsBy(names, store.subscriptions),
    runs: runsBy(names, store.runs),
    causes: causesBy(names, store.causes),
    close: () => store.close(),
  };
}

function ledgerBy(names: EnvironmentNames, ledger: Ledger): Ledger {
  const { toId, toName } = translations(names);
  return {
    async read(key, eventId) {
      const snapshot = await ledger.read(toId(key), eventId);
      if (snapshot.job) toName(snapshot.job);
      return snapshot;
    },
    write: (key, version, change) => ledger.write(toId(key), version, { ...change, job: toId(change.job) }),
    async list(after, limit, environment) {
      const id = environment === null ? null : names.idOf(environment);
      const jobs = await ledger.list(after && toId(after), limit, id);
      return jobs.map((job) => toName(job));
    },
    history: (key, before, limit) => ledger.history(toId(key), before, limit),
    updateEnvironment: (environment, change) => ledger.updateEnvironment(names.idOf(environment), change),
    prune: (key, instant) => ledger.prune(toId(key), instant),
    proveWritable: () => ledger.proveWritable(),
  };
}

function queueBy(names: EnvironmentNames, queue: WorkQueue): WorkQueue {
  const { toId, toName } = translations(names);
  return {
    enqueue: (item, options) => queue.enqueue(toId(item), options),
    async receive(limit) {
      const received = await queue.receive(limit);
      return received.map((one) =>
        one.item.kind === 'unreadable' ? one : { ...one, item: toName(one.item) },
      );
    },
    complete: (received) => queue.complete(received),
    postpone: (received, delayMs, item) => queue.postpone(received, delayMs, item && toId(item)),
    deadLetter: (item, raw, reason) => queue.deadLetter(item && toId(item), raw, reason),
    async listDeadLetters(limit) {
      const letters = await queue.listDeadLetters(limit);
      return letters.map((one) => ({ ...one, item: one.item && toName(one.item) }));
    },
    proveWritable: () => queue.proveWritable(),
  };
}

function runsBy(names: EnvironmentNames, runs: Runs): Runs {
  const { toId, toName } = translations(names);
  return {
    put: (run) => runs.put(toId(run)),
    async ofJob(key, before, limit) {
      const found = await runs.ofJob(toId(key), before, limit);
      return found.map((run) => toName(run));
    },
    async between(environment, span, after, limit) {
      const found = await runs.between(names.idOf(environment), span, after, limit);
      return found.map((run) => toName(run));
    },
    prune: (environment, instant) => runs.prune(names.idOf(environment), instant),
    readWatch: (environment) => runs.readWatch(names.idOf(environment)),
    updateWatch: (environment, change) => runs.updateWatch(names.idOf(environment), change),
  };
}

function causesBy(names: EnvironmentNames, causes: Causes): Causes {
  const { toId, toName } = translations(names);
  return {
    put: (cause) => causes.put(toId(cause)),
    async get(key, eventId) {
      const found = await causes.get(toId(key), eventId);
      return found && toName(found);
    },
    async since(environment, instant, after, limit) {
      const found = await causes.since(names.idOf(environment), instant, after, limit);
      return found.map((cause) => toName(cause));
    },
    prune: (environment, instant) => causes.prune(names.idOf(environment), instant),
  };
}

function subscriptionsBy({ idOf, nameOf }: EnvironmentNames, subscriptions: Subscriptions): Subscriptions {
  return {
    add: (subscription) => subscriptions.add(named(subscription, idOf)),
    async get(id) {
      const found = await subscriptions.get(id);
      return found && named(found, nameOf);
    },
    async list() {
      const all = await subscriptions.list();
      return all.map((one) => named(one, nameOf));
    },
    replace: (before, after) => subscriptions.replace(named(before, idOf), named(after, idOf)),
    remove: (id) => subscriptions.remove(id),
  };
}

function named(subscription: Subscription, translate: (environment: string) => string): Subscription {
  const { environment } = subscription;
  return { ...subscription, environment: environment === null ? null : translate(environment) };
}

function translations({ idOf, nameOf }: EnvironmentNames) {
  return {
    toId: <Item extends { environment: string }>(item: Item): Item => ({
      ...item,
      environment: idOf(item.environment),
    }),
    /** In place: the store has read it for this caller, and to copy a record takes half as long as to read its JSON. */
    toName: <Item extends { environment: string }>(item: Item): Item => {
      item.environment = nameOf(item.environment);
      return item;
    },
  };
}
