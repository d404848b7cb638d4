import type { RecordedEvent, Step } from '../../ports/telemetry.ts';

/*
 * The catalogue: every name that telemetry has, in one list. The adapter sends these and no others, and the workbook,
 * the alerts and docs/reference/telemetry.md are held to it. It is typed against the port: an event, a step or a field of one
 * that has no line here does not compile. A name that is here stays: saved queries use it.
 */

/** Custom events: one for each thing that people search for. A field that is `true` is sent as a dimension. */
export const telemetryEvents = {
  decided: {
    name: 'batch_retry.decision',
    what: 'The decision on a delivered event, or on a failure that was due',
    dimensions: {
      environment: true,
      jobId: true,
      description: true,
      eventId: true,
      decision: true,
      cause: true,
      policy: true,
      retry: true,
      maxRetries: true,
      dueAt: true,
      reason: true,
    },
  },
  'run-ended': {
    name: 'batch_retry.run_ended',
    what: 'What the run of a requeued job came to',
    dimensions: { environment: true, jobId: true, description: true, end: true, reason: true },
  },
  'run-unusual': {
    name: 'batch_retry.run_unusual',
    what: 'A run was too long, late or too short, by what the policy expects; once a run',
    dimensions: { environment: true, jobId: true, description: true, finding: true, reason: true },
  },
  'event-lost': {
    name: 'batch_retry.event_lost',
    what: 'The watch found a failure of which no event came, in an environment that sends events',
    dimensions: { environment: true, jobId: true, description: true, eventId: true, learned: true },
  },
  'by-hand': {
    name: 'batch_retry.by_hand',
    what: 'What a person did to a job through the service',
    dimensions: { environment: true, jobId: true, action: true, reason: true },
  },
  'cause-found': {
    name: 'batch_retry.cause_found',
    what: 'Why a run failed became known. The text itself is in the history of the job',
    dimensions: {
      environment: true,
      jobId: true,
      description: true,
      eventId: true,
      fingerprint: true,
      source: true,
    },
  },
  notified: {
    name: 'batch_retry.notified',
    what: 'A notification is published, or would be if somebody subscribed; once or more, each time with the same notificationId',
    dimensions: {
      environment: true,
      jobId: true,
      description: true,
      notification: true,
      notificationId: true,
      state: true,
      retriesUsed: true,
      firstFailedAt: true,
      reason: true,
      episodeMs: false,
    },
  },
  announced: {
    name: 'batch_retry.dead_letter',
    what: 'Work that failed too often, or a message that cannot be read (without jobId): kept for a person',
    dimensions: {
      environment: true,
      jobId: true,
      reason: true,
      about: false,
      notificationId: false,
      episode: false,
    },
  },
  breaker: {
    name: 'batch_retry.breaker',
    what: 'The circuit breaker of an environment opened, opened again after a probe, or closed',
    dimensions: { environment: true, breaker: true, openUntil: true, isChanged: false },
  },
} as const satisfies EventSpecs;

/** Metrics. A histogram arrives as sum, count, least and greatest of a minute, without its parts. */
export const telemetryMetrics = {
  'batch_retry.events': {
    kind: 'counter',
    unit: '{event}',
    what: 'Decisions, by which',
    dimensions: ['environment', 'decision'],
  },
  'batch_retry.requeues': {
    kind: 'counter',
    unit: '{requeue}',
    what: 'Requeues that F&O accepted',
    dimensions: ['environment'],
  },
  'batch_retry.recovered': {
    kind: 'counter',
    unit: '{episode}',
    what: 'Episodes that ended because the job ran without error',
    dimensions: ['environment'],
  },
  'batch_retry.exhausted': {
    kind: 'counter',
    unit: '{episode}',
    what: 'Episodes in which the job failed again after its last retry',
    dimensions: ['environment'],
  },
  'batch_retry.deferred': {
    kind: 'counter',
    unit: '{failure}',
    what: 'Failures that were deferred, by why',
    dimensions: ['environment', 'cause'],
  },
  'batch_retry.events_lost': {
    kind: 'counter',
    unit: '{event}',
    what: 'Failures that the watch found because their events did not come',
    dimensions: ['environment'],
  },
  'batch_retry.runs_unusual': {
    kind: 'counter',
    unit: '{run}',
    what: 'Runs that were too long, late or too short, by which',
    dimensions: ['environment', 'finding'],
  },
  'batch_retry.recovery.time': {
    kind: 'histogram',
    unit: 's',
    what: 'From the first failure of an episode until the service learned that the job had recovered',
    dimensions: ['environment'],
  },
  'batch_retry.recovery.attempts': {
    kind: 'histogram',
    unit: '{requeue}',
    what: 'Requeues that a recovery took',
    dimensions: ['environment'],
  },
  'batch_retry.breaker.state': {
    kind: 'gauge',
    unit: '1',
    what: '1 while the circuit breaker is open, 0 while it is closed; sent whenever a permit is acquired',
    dimensions: ['environment'],
  },
  'batch_retry.queue.age': {
    kind: 'histogram',
    unit: 's',
    what: 'How long work had been due when it was processed',
    dimensions: ['environment'],
  },
  'batch_retry.queue.oldest': {
    kind: 'gauge',
    unit: 's',
    what: 'How long the oldest work is due that nobody has processed; 0 if there is none. Sent every hour',
    dimensions: ['environment'],
  },
  'batch_retry.fno.duration': {
    kind: 'histogram',
    unit: 'ms',
    what: 'How long F&O took, by what it said',
    dimensions: ['environment', 'call', 'outcome'],
  },
  'batch_retry.response.duration': {
    kind: 'histogram',
    unit: 'ms',
    what: 'How long an answer of the service took',
    dimensions: ['route', 'status'],
  },
} as const satisfies Record<string, MetricSpec>;

/** Spans: steps of a trace. Those of kind `server` are rows of `requests`, the others of `dependencies`. */
export const telemetrySpans = {
  'process-job': {
    kind: 'server',
    what: 'Work that was due is processed; linked to the trace of the event that it goes back to',
    dimensions: { environment: true, jobId: true, dueAt: false, outcome: false },
  },
  'receive-message': {
    kind: 'server',
    what: 'A message of Service Bus or Event Hubs is taken in',
    dimensions: { outcome: true },
  },
  claim: {
    kind: 'internal',
    what: 'The record is written that a requeue is about to be sent',
    dimensions: { environment: true, jobId: true, eventId: true, outcome: false },
  },
  setToWaiting: {
    kind: 'client',
    what: 'The request that sets a job to waiting in F&O',
    dimensions: { environment: true, jobId: true, outcome: true },
  },
  listJobs: {
    kind: 'client',
    what: 'The request for the jobs of an F&O environment',
    dimensions: { environment: true, outcome: true },
  },
  searchRuns: {
    kind: 'client',
    what: 'The search of the watch for runs in an F&O environment',
    dimensions: { environment: true, outcome: true },
  },
  findTexts: {
    kind: 'client',
    what: "A query of the customer's Log Analytics: for the texts of a failure, or the tasks of a run",
    dimensions: { environment: true, jobId: true, outcome: true },
  },
  readStatus: {
    kind: 'client',
    what: "The request for a job's status in F&O",
    dimensions: { environment: true, jobId: true, outcome: true },
  },
} as const satisfies SpanSpecs;

/** The names of the dimensions that a line of events or spans has. */
export function dimensionsOf(line: { dimensions: Readonly<Record<string, boolean>> }): string[] {
  return Object.entries(line.dimensions).flatMap(([name, isSent]) => (isSent ? [name] : []));
}

/** Each dimension that is sent. */
export type TelemetryDimension =
  | SentOf<(typeof telemetryEvents)[keyof typeof telemetryEvents]['dimensions']>
  | SentOf<(typeof telemetrySpans)[keyof typeof telemetrySpans]['dimensions']>
  | (typeof telemetryMetrics)[keyof typeof telemetryMetrics]['dimensions'][number];

type SentOf<Fields> = Fields extends unknown
  ? { [Field in keyof Fields]: Fields[Field] extends true ? Field : never }[keyof Fields]
  : never;

type EventSpecs = {
  [Event in RecordedEvent as Event['kind']]: {
    name: string;
    what: string;
    dimensions: Record<Exclude<keyof Event, 'kind'>, boolean>;
  };
};

/** The span of an answer has its route's name, and no dimensions: HTTP's attributes say all. */
type NamedStep = Exclude<Step, { name: 'answer' }>;

type SpanSpecs = {
  [Named in NamedStep as Named['name']]: {
    kind: 'server' | 'internal' | 'client';
    what: string;
    dimensions: Record<Exclude<keyof Named, 'name'> | 'outcome', boolean>;
  };
};

type MetricSpec = {
  kind: 'counter' | 'histogram' | 'gauge';
  /** As UCUM writes it; in braces what is counted. */
  unit: string;
  what: string;
  dimensions: readonly string[];
};
