import type { Decision } from '../policy/decision.ts';

/** What people watch. Nothing that reaches it holds a secret or personal data; nothing it does may throw. */
export interface Telemetry {
  /** `description` is the batch job's, empty if the event has none. */
  decided(decision: Decision, description: string): void;
  warning(message: string): void;
  error(message: string, error: unknown): void;
}
