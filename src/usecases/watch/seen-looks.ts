import type { WatchState } from '../../domain/watch/watch-state.ts';
import type { Ports } from '../../ports/ports.ts';

/** For how long this process has seen the watch's state of each environment as it is, by its own uptime. */
export class SeenLooks {
  readonly #clock: Ports['clock'];
  readonly #seen = new Map<string, { mark: string; sinceMs: number }>();

  constructor({ clock }: Pick<Ports, 'clock'>) {
    this.#clock = clock;
  }

  /** Null if this process sees a state for the first time; 0 if another process has begun or ended a look since. */
  unchangedMs(environment: string, state: WatchState | null): number | null {
    if (!state) return null;
    const before = this.#seen.get(environment);
    if (before?.mark === markOf(state)) return this.#clock.uptimeMs() - before.sinceMs;
    this.note(environment, state);
    return before ? 0 : null;
  }

  /** Notes what this process has written. */
  note(environment: string, state: WatchState): void {
    this.#seen.set(environment, { mark: markOf(state), sinceMs: this.#clock.uptimeMs() });
  }
}

function markOf({ leaseUntil, lastLook }: WatchState): string {
  return `${leaseUntil?.getTime()} ${lastLook?.at.getTime()}`;
}
