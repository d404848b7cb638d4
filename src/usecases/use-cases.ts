import type { EventIds } from '../events/read-business-event.ts';
import { createDoDueWork } from './do-due-work.ts';
import type { Ports } from './ports.ts';
import { createReadJobs, type ReadJobs } from './read-jobs.ts';
import { createReceiveEvents, type Received } from './receive-events.ts';

export type UseCases = {
  /** The names of the configured environments, the default first. */
  environments: readonly string[];
  receiveEvents: (environment: string, values: readonly unknown[]) => Promise<Received[]>;
  doDueWork: () => Promise<number>;
  readJobs: ReadJobs;
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
  return {
    environments,
    receiveEvents: createReceiveEvents(ports, eventIds, responseBudgetMs),
    doDueWork: createDoDueWork(ports, environments, responseBudgetMs),
    readJobs: createReadJobs(ports),
    checkStore: async () => {
      await ports.ledger.due(environments, new Date(0), 1);
    },
  };
}
