import { findPolicy, type PolicyEntry } from '../domain/retry-policy/retry-policy.ts';
import type { EnvironmentSenders } from '../events/envelopes/environment-of.ts';
import type { EventSchemas } from '../events/event-schemas.ts';
import type { EventIds } from '../events/read-business-event.ts';
import type { JobQuery, ListOutcome } from '../ports/batch-jobs.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import type { Ports } from '../ports/ports.ts';
import type { DeadLetter } from '../ports/work-queue.ts';
import { createReadCauses, type ReadCauses } from './causes/read-causes.ts';
import { askWithin } from './engine/deadline.ts';
import { EnvironmentGate } from './engine/environment-gate.ts';
import type { Engine } from './engine/run-job.ts';
import { Turns } from './engine/turns.ts';
import { createReceiveDelivery, type Delivery, type DeliveryResult } from './intake/receive-delivery.ts';
import { createReceiveEvents, type DeliveredEvent, type Received } from './intake/receive-events.ts';
import { createReceiveMessage, type MessageOutcome } from './intake/receive-message.ts';
import { createListSubscriptions, type SubscriptionView } from './notify/list-subscriptions.ts';
import { RecentSubscriptions } from './engine/recent-subscriptions.ts';
import { createSubscribe, type Subscribed, type Wanted } from './notify/subscribe.ts';
import { CausesHealth } from './operate/causes-health.ts';
import { FnoHealth } from './operate/fno-health.ts';
import {
  type Control,
  createOperate,
  type Request,
  type Retried,
  type SetToWaiting,
} from './operate/operate.ts';
import type { Part } from './operate/part.ts';
import { createPreviewPolicy, type PolicyPreview } from './operate/preview-policy.ts';
import { type BatchJobView, createReadJobs, type ReadJobs } from './operate/read-jobs.ts';
import { createReadRuns, type ReadRuns } from './operate/read-runs.ts';
import { createReadiness } from './operate/readiness.ts';
import { createWatchHealth } from './operate/watch-health.ts';
import { UnreadableRecords } from './operate/unreadable-records.ts';
import { createWatch } from './watch/watch.ts';
import { createConsumeWorkMessage, type WorkMessage } from './work/consume-work-message.ts';
import { createDoWork, createMarkDeadLetter } from './work/do-work.ts';
import { createPollWorkQueue } from './work/poll-work-queue.ts';
import { createProcessWork } from './work/process-work.ts';
import { createPruneHistory } from './work/prune-history.ts';
import { createSweep } from './work/sweep.ts';

export type UseCases = {
  /** The names of the configured environments, the default first. */
  environments: readonly string[];
  fnoEnvironments: readonly FnoEnvironment[];
  /** Lists the jobs in F&O itself. */
  listFnoJobs: (environment: string, query: JobQuery) => Promise<ListOutcome>;
  /** Decides the events of a delivery that came over HTTP. */
  receiveDelivery: (delivery: Delivery) => Promise<DeliveryResult>;
  /** Decides the events of a broker's message, for an environment or for the one that the message names. */
  receiveMessage: (message: unknown, environment: string | null) => Promise<MessageOutcome>;
  /** Decides events without their envelopes. */
  receiveEvents: (events: readonly DeliveredEvent[]) => Promise<Received[]>;
  /** Processes one message of a queue trigger. Rejects to have it redelivered. */
  consumeWorkMessage: (message: WorkMessage) => Promise<void>;
  /**
   * Processes what the work queue delivers now, for hosts that have no queue trigger. Resolves to the count of
   * items.
   */
  pollWorkQueue: () => Promise<number>;
  pruneHistory: () => Promise<number>;
  /** Searches F&O for what no event told. Resolves to the count of failures whose events were lost. */
  watch: () => Promise<number>;
  /** Enqueues again what the work queue has lost. */
  sweep: () => Promise<number>;
  readJobs: ReadJobs;
  readRuns: ReadRuns;
  /** Failures since an instant, grouped by their causes. */
  readCauses: ReadCauses;
  retry: (key: BatchJobKey, request: Request) => Promise<Retried>;
  setToWaiting: (key: BatchJobKey, request: Request) => Promise<SetToWaiting>;
  /** Resolves to null for a job that has no record. */
  control: (key: BatchJobKey, action: Control, request: Request) => Promise<BatchJobView | null>;
  subscribe: (wanted: Wanted) => Promise<Subscribed>;
  listSubscriptions: () => Promise<SubscriptionView[]>;
  /** Does nothing for an unknown id. */
  unsubscribe: (id: string) => Promise<void>;
  readPolicy: ReadPolicy;
  /** Previews what a policy would have decided on the failures of the last days. */
  previewPolicy: (entries: readonly PolicyEntry[], days: number) => Promise<PolicyPreview>;
  /** Work that failed too often, and messages that are not work. */
  listDeadLetters: () => Promise<DeadLetter[]>;
  /** Resolves if the store answers; rejects with StoreUnavailable otherwise. */
  checkStore: () => Promise<void>;
  /** The health of each part. The parts that all environments share come first. */
  checkParts: () => Promise<Part[]>;
};

type FnoEnvironment = EnvironmentSenders & { orgUrl: string };

/** Checks a policy document: what is wrong in it has a JSON pointer (RFC 6901) to its place. */
type ReadPolicy = (
  document: unknown,
) => { ok: true; entries: PolicyEntry[] } | { ok: false; places: { pointer: string; message: string }[] };

export type UseCaseSettings = {
  policy: readonly PolicyEntry[];
  /** How many requeues an environment gets in a minute at most. */
  requeuesPerMinute: number;
  watch: { everyMinutes: number | null; withoutEvents: readonly string[] };
  readPolicy: ReadPolicy;
  /** The default first. */
  environments: readonly FnoEnvironment[];
  eventIds: EventIds;
  eventSchemas: EventSchemas;
  /** The field of an event that says why the run failed, if the customer's events have one. */
  errorTextField: string | null;
  /** How long the service may take to answer an event, in ms. */
  responseBudgetMs: number;
};

export function createUseCases(given: Ports, settings: UseCaseSettings): UseCases {
  const { environments: fnoEnvironments, readPolicy, eventIds, eventSchemas, responseBudgetMs } = settings;
  const environments = fnoEnvironments.map(({ name }) => name);
  const { policy, requeuesPerMinute, watch } = settings;
  const { ports, checkParts } = observeHealth(given, environments, watch);
  const recentSubscriptions = new RecentSubscriptions(ports);
  const engine: Engine = {
    ports,
    gate: new EnvironmentGate(ports, requeuesPerMinute),
    recentSubscriptions,
    turns: new Turns(),
    policyFor: (environment, failure) => findPolicy(policy, environment, failure),
    requeuesPerMinute,
  };
  const processWork = createProcessWork(
    ports,
    createDoWork(engine, responseBudgetMs),
    createMarkDeadLetter(engine, responseBudgetMs),
  );
  const { retry, setToWaiting, control } = createOperate(engine, responseBudgetMs);
  const reading = { eventIds, eventSchemas, errorTextField: settings.errorTextField };
  const receiveEvents = createReceiveEvents(engine, reading, responseBudgetMs);
  const receiveDelivery = createReceiveDelivery(fnoEnvironments, receiveEvents);
  return {
    environments,
    fnoEnvironments,
    listFnoJobs: (environment, query) =>
      askWithin(ports.clock, responseBudgetMs, ports.forcefulStop, (signal) =>
        ports.batchJobs(environment).list(query, signal),
      ),
    receiveDelivery,
    receiveMessage: createReceiveMessage(fnoEnvironments, receiveDelivery, ports.telemetry),
    receiveEvents,
    consumeWorkMessage: createConsumeWorkMessage(ports, processWork),
    pollWorkQueue: createPollWorkQueue(ports, processWork),
    pruneHistory: createPruneHistory(ports, environments),
    watch: createWatch(engine, { ...watch, environments, policy, budgetMs: responseBudgetMs }),
    sweep: createSweep(ports, environments),
    readJobs: createReadJobs(engine),
    readRuns: createReadRuns(ports),
    readCauses: createReadCauses(ports, environments),
    retry,
    setToWaiting,
    control,
    subscribe: createSubscribe(ports, recentSubscriptions),
    listSubscriptions: createListSubscriptions(ports),
    unsubscribe: (id) => ports.subscriptions.remove(id),
    readPolicy,
    previewPolicy: createPreviewPolicy(ports),
    listDeadLetters: () => ports.queue.listDeadLetters(100),
    checkStore: async () => {
      await ports.ledger.list(null, 1, null);
    },
    checkParts,
  };
}

/** The ports, with an observer of what readiness tells. */
function observeHealth(given: Ports, environments: readonly string[], watch: UseCaseSettings['watch']) {
  const health = new FnoHealth(given.clock);
  const causesHealth = new CausesHealth(given.clock, given.failureTexts);
  const unreadable = new UnreadableRecords(given.clock);
  const ports = {
    ...given,
    batchJobs: health.watch(given.batchJobs),
    runSearch: health.watchSearch(given.runSearch),
    ledger: unreadable.watch(given.ledger),
    failureTexts: causesHealth.failureTexts,
  };
  const watchPart = createWatchHealth(ports, watch);
  const checkParts = createReadiness(ports, environments, health, causesHealth, unreadable, watchPart);
  return { ports, checkParts };
}
