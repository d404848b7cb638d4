import type { FailureText } from '../domain/cause/cause.ts';
import type { RunWindow } from '../domain/cause/run-window.ts';
import type { JobId } from '../domain/job-id.ts';

/** What the customer's own telemetry of F&O says of a run. */
export interface FailureTexts {
  /** Resolves, never rejects, at the latest when the signal aborts. */
  find(query: { jobId: JobId; window: RunWindow }, signal: AbortSignal): Promise<TextsOutcome>;
}

export type TextsOutcome =
  | {
      kind: 'found';
      texts: readonly FailureText[];
      /** How the run ended, if its tasks say so beyond doubt; else null. */
      runFailed: boolean | null;
    }
  | { kind: 'throttled'; retryAfterMs: number | null; message: string }
  /** A person must change something: a permission, or the name of the workspace. */
  | { kind: 'misconfigured'; message: string }
  | { kind: 'unavailable'; message: string };
