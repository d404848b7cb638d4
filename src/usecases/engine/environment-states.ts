import { type EnvironmentState, freshState } from '../../domain/environment/environment-state.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';

type Change<Result> = (state: EnvironmentState | null) => { state: EnvironmentState; result: Result };

/** A change to write, and how to answer the caller that wants it. */
type Wanted = {
  apply: (state: EnvironmentState | null) => EnvironmentState;
  settle: (isWritten: boolean) => void;
  reject: (error: unknown) => void;
};

/**
 * The states of the environments, which all processes share in the store, and as this process last saw them. While a
 * write of an environment is under way, its further changes are collected for one next write, so that this process
 * does not conflict with itself.
 */
export class EnvironmentStates {
  readonly #ports: Pick<Ports, 'ledger' | 'clock' | 'telemetry'>;
  readonly #lastSeen = new Map<string, EnvironmentState>();
  /** The changes that wait, of each environment of which a write is under way. */
  readonly #waiting = new Map<string, Wanted[]>();

  constructor(ports: Pick<Ports, 'ledger' | 'clock' | 'telemetry'>) {
    this.#ports = ports;
  }

  /** As this process last saw it; a fresh state if it never did. */
  lastSeen(environment: string): EnvironmentState {
    return this.#lastSeen.get(environment) ?? freshState(this.#ports.clock.now());
  }

  /** Resolves to the change's result, or to null if the store cannot be reached: the state then stays as it is. */
  update<Result>(environment: string, change: Change<Result>): Promise<Result | null> {
    return new Promise((resolve, reject) => {
      let made: Result | null = null;
      const apply = (state: EnvironmentState | null) => {
        const { state: next, result } = change(state);
        made = result;
        return next;
      };
      const wanted: Wanted = { apply, settle: (isWritten) => resolve(isWritten ? made : null), reject };
      const waiting = this.#waiting.get(environment);
      if (waiting) waiting.push(wanted);
      else void this.#writeAll(environment, [wanted]);
    });
  }

  async #writeAll(environment: string, first: readonly Wanted[]): Promise<void> {
    for (let all = first; all.length > 0; all = this.#waiting.get(environment) ?? []) {
      this.#waiting.set(environment, []);
      try {
        const isWritten = await this.#write(environment, all);
        for (const { settle } of all) settle(isWritten);
      } catch (error) {
        for (const { reject } of all) reject(error);
      }
    }
    this.#waiting.delete(environment);
  }

  async #write(environment: string, all: readonly Wanted[]): Promise<boolean> {
    try {
      const state = await this.#ports.ledger.updateEnvironment(environment, (before) => {
        const next =
          all.reduce((now, { apply }) => apply(now), before) ?? freshState(this.#ports.clock.now());
        return { state: next, result: next };
      });
      if (state) this.#lastSeen.set(environment, state);
      return state !== null;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      const message = `The state of the environment ${environment} could not be updated.`;
      this.#ports.telemetry.record({ kind: 'error', message, error });
      return false;
    }
  }
}
