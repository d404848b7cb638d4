import { batchJobHistoryRoute, getBatchJobRoute, listBatchJobsRoute } from './batch-job-routes.ts';
import { businessEventsRoute } from './business-events-route.ts';
import { pauseRoute, resetRoute, resumeRoute, retryRoute, setToWaitingRoute } from './by-hand-routes.ts';
import { healthRoute, readyRoute } from './health-routes.ts';
import { setAsideWorkRoute } from './set-aside-work-route.ts';
import type { Route } from './route.ts';

/** Every route of the service. */
export const routes: readonly Route[] = [
  businessEventsRoute,
  listBatchJobsRoute,
  getBatchJobRoute,
  batchJobHistoryRoute,
  retryRoute,
  setToWaitingRoute,
  resetRoute,
  pauseRoute,
  resumeRoute,
  setAsideWorkRoute,
  healthRoute,
  readyRoute,
];
