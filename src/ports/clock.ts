/** The time, as everything in the service sees it. */
export interface Clock {
  now(): Date;
  /** Milliseconds on a clock that nobody sets: the machine's, shared by its processes (CLOCK_MONOTONIC); for durations only. */
  uptimeMs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason if it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
