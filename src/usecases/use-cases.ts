import type { EnvironmentSenders } from '../events/envelopes/environment-of.ts';
import type { EventSchemas } from '../events/event-schemas.ts';
import type { EventIds } from '../events/read-business-event.ts';
import type { PolicyEntry } from '../policy/retry-policy.ts';
import type { JobQuery, ListOutcome } from '../ports/batch-jobs.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import type { SetAsideWork, Work } from '../ports/work-queue.ts';
import type { ByHand } from './by-hand.ts';
import { type Control, createControlJob } from './control-job.ts';
import { askWithin } from './deadline.ts';
import { createDeliverNotification } from './deliver-notification.ts';
import { createDoDueWork } from './do-due-work.ts';
import { createDoQueuedWork } from './do-queued-work.ts';
import { createForgetOld } from './forget-old.ts';
import { createPreviewPolicy, type PolicyPreview } from './preview-policy.ts';
import type { Ports } from './ports.ts';
import { type BatchJobView, createReadJobs, type ReadJobs } from './read-jobs.ts';
import { createRetryByHand, type RetriedByHand } from './retry-by-hand.ts';
import { createSetToWaiting, type SetToWaitingByHand } from './set-to-waiting.ts';
import { createSubscribe, type Subscribed, type Wanted } from './subscribe.ts';
import { createSweep } from './sweep.ts';
import { createTakeUpJob } from './take-up-job.ts';
import { createReceiveEvents, type DeliveredEvent, type Received } from './receive-events.ts';

export type UseCases = {
  /** The names of the configured environments, the default first. */
  environments: readonly string[];
  fnoEnvironments: readonly FnoEnvironment[];
  /** Asks F&O itself. */
  listFnoJobs: (environment: string, query: JobQuery) => Promise<ListOutcome>;
  receiveEvents: (delivered: readonly DeliveredEvent[]) => Promise<Received[]>;
  /** Does what a queue trigger handed out, for the how-manieth time. Rejects if it must be handed out again. */
  doQueuedWork: (item: unknown, tries: number) => Promise<void>;
  /** Does what the work queue hands out now, for hosts that have no queue trigger. */
  doDueWork: () => Promise<number>;
  forgetOld: () => Promise<number>;
  /** Takes up again what the work queue has lost. */
  sweep: () => Promise<number>;
  readJobs: ReadJobs;
  retryByHand: (key: BatchJobKey, asked: ByHand) => Promise<RetriedByHand>;
  setToWaiting: (key: BatchJobKey, asked: ByHand) => Promise<SetToWaitingByHand>;
  /** Resolves to null for a job that has no record. */
  controlJob: (key: BatchJobKey, control: Control, asked: ByHand) => Promise<BatchJobView | null>;
  subscribe: (wanted: Wanted) => Promise<Subscribed>;
  /** Also for an id that is not there. */
  unsubscribe: (id: string) => Promise<void>;
  readPolicy: ReadPolicy;
  /** What a policy would have made of the failures of the last days. */
  previewPolicy: (entries: readonly PolicyEntry[], days: number) => Promise<PolicyPreview>;
  /** Work that failed too often, the latest first. */
  listSetAside: () => Promise<SetAsideWork[]>;
  /** Resolves if the store answers; rejects with LedgerUnavailable otherwise. */
  checkStore: () => Promise<void>;
};

type FnoEnvironment = EnvironmentSenders & { orgUrl: string };

/** Checks a policy document: what is wrong in it has a JSON pointer (RFC 6901) to its place. */
type ReadPolicy = (
  document: unknown,
) => { ok: true; entries: PolicyEntry[] } | { ok: false; places: { pointer: string; message: string }[] };

export type UseCaseSettings = {
  readPolicy: ReadPolicy;
  /** The default first. */
  environments: readonly FnoEnvironment[];
  eventIds: EventIds;
  eventSchemas: EventSchemas;
  /** By when an event is answered, in ms. */
  responseBudgetMs: number;
};

export function createUseCases(ports: Ports, settings: UseCaseSettings): UseCases {
  const { environments: fnoEnvironments, readPolicy, eventIds, eventSchemas, responseBudgetMs } = settings;
  const environments = fnoEnvironments.map(({ name }) => name);
  const takeUpJob = createTakeUpJob(ports, responseBudgetMs);
  const deliverNotification = createDeliverNotification(ports);
  const doWork = (work: Work) => (work.delivery ? deliverNotification(work, work.delivery) : takeUpJob(work));
  return {
    environments,
    fnoEnvironments,
    listFnoJobs: (environment, query) =>
      askWithin(ports.clock, responseBudgetMs, ports.hurry, (signal) =>
        ports.batchJobs(environment).list(query, signal),
      ),
    receiveEvents: createReceiveEvents(ports, eventIds, eventSchemas, responseBudgetMs),
    doQueuedWork: createDoQueuedWork(ports, doWork),
    doDueWork: createDoDueWork(ports, doWork),
    forgetOld: createForgetOld(ports),
    sweep: createSweep(ports, environments),
    readJobs: createReadJobs(ports),
    retryByHand: createRetryByHand(ports, responseBudgetMs),
    setToWaiting: createSetToWaiting(ports, responseBudgetMs),
    controlJob: createControlJob(ports),
    subscribe: createSubscribe(ports),
    unsubscribe: (id) => ports.subscriptions.remove(id),
    readPolicy,
    previewPolicy: createPreviewPolicy(ports),
    listSetAside: () => ports.queue.listSetAside(100),
    checkStore: async () => {
      await ports.ledger.list(null, 1, null);
    },
  };
}
