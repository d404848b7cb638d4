import type { EventIds } from '../events/read-business-event.ts';
import type { SetAsideWork, Work } from '../ports/work-queue.ts';
import { createDoDueWork } from './do-due-work.ts';
import { createForgetOld } from './forget-old.ts';
import type { Ports } from './ports.ts';
import { createReadJobs, type ReadJobs } from './read-jobs.ts';
import { createSweep } from './sweep.ts';
import { createTakeUpJob } from './take-up-job.ts';
import { createTakeUpQueuedJob } from './take-up-queued-job.ts';
import { createReceiveEvents, type Received } from './receive-events.ts';

export type UseCases = {
  /** The names of the configured environments, the default first. */
  environments: readonly string[];
  receiveEvents: (environment: string, values: readonly unknown[]) => Promise<Received[]>;
  /** Takes up one job that a queue trigger handed out, for the how-manieth time. Rejects if it must be again. */
  takeUpQueuedJob: (work: Work, tries: number) => Promise<void>;
  /** Takes up what the work queue hands out now, for hosts that have no queue trigger. */
  doDueWork: () => Promise<number>;
  forgetOld: () => Promise<number>;
  /** Takes up again what the work queue has lost. */
  sweep: () => Promise<number>;
  readJobs: ReadJobs;
  /** Work that failed too often, the latest first. */
  listSetAside: () => Promise<SetAsideWork[]>;
  /** Resolves if the store answers; rejects with LedgerUnavailable otherwise. */
  checkStore: () => Promise<void>;
};

export type UseCaseSettings = {
  environments: readonly string[];
  eventIds: EventIds;
  /** By when an event is answered, in ms. */
  responseBudgetMs: number;
};

export function createUseCases(ports: Ports, settings: UseCaseSettings): UseCases {
  const { environments, eventIds, responseBudgetMs } = settings;
  const takeUpJob = createTakeUpJob(ports, responseBudgetMs);
  return {
    environments,
    receiveEvents: createReceiveEvents(ports, eventIds, responseBudgetMs),
    takeUpQueuedJob: createTakeUpQueuedJob(ports, takeUpJob),
    doDueWork: createDoDueWork(ports, takeUpJob),
    forgetOld: createForgetOld(ports),
    sweep: createSweep(ports),
    readJobs: createReadJobs(ports),
    listSetAside: () => ports.queue.listSetAside(100),
    checkStore: async () => {
      await ports.ledger.list(null, 1, null);
    },
  };
}
