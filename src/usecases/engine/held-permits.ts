import type { PermitBlock } from '../../domain/environment/environment-state.ts';

type Held = { left: number; lapsesAtMs: number };

/**
 * The permits of each environment that this process has taken and not spent. Times are those of the monotonic clock,
 * so that a permit lapses in time whatever happens to the time of day.
 */
export class HeldPermits {
  readonly #held = new Map<string, Held>();

  /** Holds a block in place of the one before, and returns when it lapses. `uptimeMs` is from before it was taken. */
  hold(
    environment: string,
    { count, validMs }: Extract<PermitBlock, { kind: 'taken' }>,
    uptimeMs: number,
  ): number {
    const lapsesAtMs = uptimeMs + validMs;
    this.#held.set(environment, { left: count, lapsesAtMs });
    return lapsesAtMs;
  }

  /** Spends one permit. Returns when it lapses, or null if there is none. */
  spend(environment: string, uptimeMs: number): number | null {
    const held = this.#held.get(environment);
    if (!held || held.left === 0 || uptimeMs >= held.lapsesAtMs) return null;
    held.left -= 1;
    return held.lapsesAtMs;
  }

  /** Takes back a permit that was not used, unless another block has replaced its own. */
  giveBack(environment: string, lapsesAtMs: number): void {
    const held = this.#held.get(environment);
    if (held?.lapsesAtMs === lapsesAtMs) held.left += 1;
  }
}
