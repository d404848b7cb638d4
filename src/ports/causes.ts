import type { Cause } from '../domain/cause/cause.ts';
import type { BatchJobKey } from './ledger.ts';

/** Where a cause stands among those of its environment. Without ids, all that failed before then come after it. */
export type CausePlace = { failedAt: Date; jobId: string; eventId: string };

/**
 * Why runs failed, by failure and by time. Part of the store: it rejects with StoreUnavailable. The cost of a call does
 * not grow with their number.
 */
export interface Causes {
  /** Adds or replaces the cause of one failure. */
  put(cause: Cause): Promise<void>;
  get(key: BatchJobKey, eventId: string): Promise<Cause | null>;
  /** The causes of failures since then, the latest first, at most `limit`. `after` is the last of the page before. */
  since(environment: string, instant: Date, after: CausePlace | null, limit: number): Promise<Cause[]>;
  /** Prunes the causes of failures before `instant`. Resolves to their count. */
  prune(environment: string, instant: Date): Promise<number>;
}
