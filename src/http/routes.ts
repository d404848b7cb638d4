import { batchJobHistoryRoute, getBatchJobRoute, listBatchJobsRoute } from './batch-job-routes.ts';
import {
  businessEventsHandshakeOfEnvironmentRoute,
  businessEventsHandshakeRoute,
} from './business-events-handshake-route.ts';
import { businessEventsOfEnvironmentRoute, businessEventsRoute } from './business-events-route.ts';
import { pauseRoute, resetRoute, resumeRoute, retryRoute, setToWaitingRoute } from './by-hand-routes.ts';
import { causesRoute } from './causes-route.ts';
import { deadLettersRoute } from './dead-letters-route.ts';
import { listEnvironmentsRoute, listFnoBatchJobsRoute } from './environments-routes.ts';
import { healthRoute, readyRoute } from './health-routes.ts';
import { listSubscriptionsRoute } from './list-subscriptions-route.ts';
import { previewPolicyRoute } from './preview-policy-route.ts';
import type { Route } from './route.ts';
import { batchJobRunsRoute, listRunsRoute } from './run-routes.ts';
import { subscribeRoute, subscribeToEventRoute, unsubscribeRoute } from './subscription-routes.ts';

/** Every route of the service. */
export const routes: readonly Route[] = [
  businessEventsRoute,
  businessEventsOfEnvironmentRoute,
  businessEventsHandshakeRoute,
  businessEventsHandshakeOfEnvironmentRoute,
  listBatchJobsRoute,
  getBatchJobRoute,
  batchJobHistoryRoute,
  batchJobRunsRoute,
  listRunsRoute,
  causesRoute,
  retryRoute,
  setToWaitingRoute,
  resetRoute,
  pauseRoute,
  resumeRoute,
  listEnvironmentsRoute,
  listFnoBatchJobsRoute,
  listSubscriptionsRoute,
  subscribeRoute,
  subscribeToEventRoute,
  unsubscribeRoute,
  previewPolicyRoute,
  deadLettersRoute,
  healthRoute,
  readyRoute,
];
