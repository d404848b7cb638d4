import { createEventSchemas } from '../../src/events/event-schemas.ts';
import type { UseCaseSettings } from '../../src/usecases/use-cases.ts';

/** The settings of a service for one F&O, but for what the proofs vary. */
export const oneEnvironment = {
  readPolicy: () => ({ ok: false, places: [] }),
  environments: [
    {
      name: 'default',
      orgUrl: 'https://contoso.operations.dynamics.com',
      organization: null,
      eventGridTopic: null,
      isDefault: true,
    },
  ],
  eventIds: {
    failed: 'BatchJobFailedBusinessEvent',
    finished: 'BatchJobFinishedBusinessEvent',
    started: 'BatchJobStartedBusinessEvent',
    cancelled: 'BatchJobCancelledBusinessEvent',
  },
  eventSchemas: createEventSchemas([]),
  errorTextField: null,
  responseBudgetMs: 8000,
} satisfies Partial<UseCaseSettings>;
