import { causeSources } from '../../domain/cause/cause.ts';
import type { Learned } from '../../domain/failure.ts';
import type { DeferralCause } from '../../domain/job/deferral-cause.ts';
import {
  failureOutcomes,
  notificationEvents,
  operatorActions,
  runFindings,
  runOutcomes,
} from '../../domain/job/outcomes.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../domain/outcome.ts';
import type { TextsOutcome } from '../../ports/failure-texts.ts';
import type { ListOutcome } from '../../ports/batch-jobs.ts';
import type { TelemetryDimension } from './telemetry-names.ts';

/** What each dimension says. `values` are all that it can be, where that is known. */
export const telemetryDimensions = {
  action: {
    what: 'What a person did to a job',
    values: operatorActions,
  },
  breaker: { what: 'What the circuit breaker is now', values: ['open', 'closed'] },
  call: { what: 'What F&O was asked', values: ['setToWaiting', 'readStatus', 'listJobs', 'searchRuns'] },
  cause: {
    what: 'Why a failure was deferred; empty for other decisions',
    values: keys<DeferralCause>({
      throttled: true,
      unavailable: true,
      unreachable: true,
      'no-token': true,
      'sign-in-refused': true,
      unauthorized: true,
      misconfigured: true,
      'no-time': true,
      'fate-unknown': true,
      breaker: true,
      'rate-limit': true,
      'not-found': true,
      'not-shown': true,
      contention: true,
    }),
  },
  decision: {
    what: 'As in the answer to an event',
    values: failureOutcomes,
  },
  description: { what: "The batch job's description" },
  dueAt: { what: 'When it is looked at again; empty once the decision is final' },
  end: {
    what: 'How the run ended, or what F&O shows of it',
    values: runOutcomes,
  },
  environment: { what: 'Name of the F&O environment' },
  eventId: { what: "The failure's event" },
  finding: { what: 'What is unusual of the run', values: runFindings },
  fingerprint: { what: 'The same for equal causes, whatever numbers, ids and dates they name' },
  firstFailedAt: { what: 'When the first failure of the episode was received' },
  jobId: { what: 'Id of the batch job, as text' },
  learned: {
    what: 'What told of the failure',
    values: keys<Learned>({ read: true, status: true, history: true, telemetry: true }),
  },
  maxRetries: { what: 'How many retries the policy allows in an episode' },
  notification: {
    what: 'What it is about',
    values: notificationEvents,
  },
  notificationId: { what: 'The same for each delivery of one notification' },
  openUntil: { what: 'When the next request is let through; empty if the breaker is closed' },
  outcome: {
    what: 'The result of a request to F&O or to Log Analytics, or of a message',
    values: keys<
      (SetToWaitingOutcome | ReadOutcome | ListOutcome | TextsOutcome)['kind'] | 'unreadable' | 'failed'
    >({
      taken: true,
      refused: true,
      throttled: true,
      unavailable: true,
      'not-sent': true,
      'sign-in-refused': true,
      unauthorized: true,
      misconfigured: true,
      unknown: true,
      found: true,
      'not-found': true,
      listed: true,
      unreadable: true,
      failed: true,
    }),
  },
  policy: { what: 'The entry of the policy that decided; empty if none lists the job' },
  reason: { what: 'Why, in a sentence' },
  retriesUsed: { what: 'Retries of the episode so far' },
  retry: { what: 'Which retry of the episode it was; empty if none was sent' },
  route: { what: 'Name of the route, as the function is named in the Azure portal' },
  source: { what: 'Whose words the cause is', values: causeSources },
  state: { what: 'The latest decision or outcome of the job' },
  status: { what: 'HTTP status of the answer' },
} as const satisfies Record<TelemetryDimension, { what: string; values?: readonly string[] }>;

/** All members of a union of strings: one that is missing or too many does not compile. */
function keys<Key extends string>(all: Record<Key, true>): string[] {
  return Object.keys(all);
}
