import type { FailureText } from '../domain/cause/cause.ts';
import type { RunWindow } from '../domain/cause/run-window.ts';
import type { JobId } from '../domain/job-id.ts';
import type { TaskTimes } from '../domain/watch/end-by-tasks.ts';

/** What is asked of the telemetry: what it has of a job in this time. */
export type TelemetryQuery = { jobId: JobId; window: RunWindow };

/** What the customer's own telemetry of F&O says of a run. Each resolves, never rejects, at the latest when the signal aborts. */
export interface FailureTexts {
  find(query: TelemetryQuery, signal: AbortSignal): Promise<TextsOutcome>;
  /** The job's batch tasks. */
  tasks(query: TelemetryQuery, signal: AbortSignal): Promise<TasksOutcome>;
}

export type TextsOutcome = { kind: 'found'; texts: readonly FailureText[] } | NoTelemetry;

/** `isCut`: there are more tasks, which did not fail. Of those that are there, nothing is missing. */
export type TasksOutcome = { kind: 'found'; tasks: readonly TaskTimes[]; isCut: boolean } | NoTelemetry;

export type NoTelemetry =
  | { kind: 'throttled'; retryAfterMs: number | null; message: string }
  /** A person must change something: a permission, or the name of the workspace. */
  | { kind: 'misconfigured'; message: string }
  | { kind: 'unavailable'; message: string };
