import type { CauseSource } from '../domain/cause/cause.ts';
import type { Learned } from '../domain/failure.ts';
import type { JobId } from '../domain/job-id.ts';
import type { DeferralCause } from '../domain/job/deferral-cause.ts';
import type { EventAnswer } from '../domain/job/event-answer.ts';
import type {
  NotificationEvent,
  OperatorAction,
  Outcome,
  RunFinding,
  RunOutcome,
} from '../domain/job/outcomes.ts';

/**
 * What people watch, measure and trace. Nothing that it is given holds a secret. No call throws by itself or delays
 * its caller.
 */
export interface Telemetry {
  record(event: TelemetryEvent): void;
  /** Runs a step as a span of a trace. `outcomeOf` names what a result means; the result itself passes unchanged. */
  span<Result>(
    step: Step,
    act: () => Promise<Result>,
    outcomeOf: (result: Result) => string,
  ): Promise<Result>;
  /** Links the current span to the one whose `trace()` this is. */
  linkTo(trace: string): void;
  /** The current span as a W3C traceparent, for other processes; null outside of a trace. */
  trace(): string | null;
}

/** The catalogue of telemetry says of each kind, and of each of its fields, what is sent of it. */
export type TelemetryEvent = RecordedEvent | OldestDue | LogLine;

/** What people search for. */
export type RecordedEvent =
  Decided | RunEnded | RunUnusual | EventLost | ByHand | CauseFound | Notified | Announcement | BreakerRead;

/** `description` is the batch job's, empty if the event has none; `cause` says why the failure was deferred. */
type Decided = EventAnswer & { kind: 'decided'; description: string; cause: DeferralCause | null };

type RunEnded = {
  kind: 'run-ended';
  end: RunOutcome;
  environment: string;
  jobId: JobId;
  reason: string;
  description: string;
};

/** A run was too long, late or too short, by what the policy expects. */
type RunUnusual = {
  kind: 'run-unusual';
  finding: RunFinding;
  environment: string;
  jobId: JobId;
  reason: string;
  description: string;
};

/** The watch found a failure whose event has not come, in an environment that sends events. */
type EventLost = {
  kind: 'event-lost';
  environment: string;
  jobId: JobId;
  description: string;
  eventId: string;
  learned: Learned;
};

type ByHand = {
  kind: 'by-hand';
  environment: string;
  jobId: JobId;
  action: OperatorAction;
  reason: string;
};

/** Why a run failed became known. The text itself stays in the store. */
type CauseFound = {
  kind: 'cause-found';
  environment: string;
  jobId: JobId;
  description: string;
  eventId: string;
  fingerprint: string;
  source: CauseSource;
};

/** A notification was published. It comes at least once, under one `notificationId`. */
type Notified = {
  kind: 'notified';
  environment: string;
  jobId: JobId;
  description: string;
  notification: NotificationEvent;
  notificationId: string;
  state: Outcome | RunFinding;
  retriesUsed: number;
  firstFailedAt: Date | null;
  reason: string;
  /** From the episode's first failure to what the notification is about. */
  episodeMs: number;
};

/** What a person must look at. It comes at least once, under one `notificationId`. */
export type Announcement = {
  kind: 'announced';
  about:
    | Outcome
    | RunFinding
    | 'dead-letter'
    | 'unidentified'
    | 'subscriber-failing'
    | 'undelivered'
    | 'no-causes';
  /** Both null for what is about no notification. */
  notificationId: string | null;
  episode: number | null;
  environment: string;
  /** Null for what is about no job; `environment` may be empty then. */
  jobId: JobId | null;
  reason: string;
};

/** The circuit breaker of an environment, whenever it is read; `isChanged` if it opened, opened again or closed. */
type BreakerRead = {
  kind: 'breaker';
  environment: string;
  breaker: 'open' | 'closed';
  /** Null while it is closed. */
  openUntil: Date | null;
  isChanged: boolean;
};

/** How long the oldest work of an environment is due that nobody has processed; 0 if there is none. */
type OldestDue = { kind: 'oldest-due'; environment: string; forMs: number };

type LogLine = { kind: 'warning'; message: string } | { kind: 'error'; message: string; error: unknown };

/** What takes time: the catalogue has a span for each. */
export type Step =
  | { name: 'answer'; route: string; method: string }
  /** A message of Service Bus or Event Hubs. */
  | { name: 'receive-message' }
  | { name: 'process-job'; environment: string; jobId: JobId; dueAt: Date }
  | { name: 'claim'; environment: string; jobId: JobId; eventId: string }
  | { name: 'setToWaiting' | 'readStatus'; environment: string; jobId: JobId }
  | { name: 'listJobs' | 'searchRuns'; environment: string }
  /** The customer's telemetry is asked for the texts of a failure, or the tasks of a run. */
  | { name: 'findTexts'; environment: string; jobId: JobId };

/** Records and traces nothing. */
export const silentTelemetry = {
  record: () => undefined,
  span: (_step, act) => act(),
  linkTo: () => undefined,
  trace: () => null,
} satisfies Telemetry;
