/** The time, as everything in the service sees it. */
export interface Clock {
  now(): Date;
  /**
   * Milliseconds on the machine's monotonic clock, which its processes share (CLOCK_MONOTONIC). For durations only.
   */
  uptimeMs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason if it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `act` after `ms` milliseconds, unless what it returns is called before. */
  alarm(ms: number, act: () => void): () => void;
}
