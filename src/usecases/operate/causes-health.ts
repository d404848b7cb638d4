import type { Clock } from '../../ports/clock.ts';
import type { FailureTexts, TextsOutcome } from '../../ports/failure-texts.ts';
import { failed, neverTried, type PartHealth, worked } from './part.ts';

/** Remembers, in this process, the outcome of the latest query of each environment's telemetry. */
export class CausesHealth {
  readonly #clock: Clock;
  readonly #failureTexts: (environment: string) => FailureTexts | null;
  readonly #health = new Map<string, PartHealth>();

  constructor(clock: Clock, failureTexts: (environment: string) => FailureTexts | null) {
    this.#clock = clock;
    this.#failureTexts = failureTexts;
  }

  /** Null: the settings name no telemetry. */
  of(environment: string): PartHealth | null {
    return this.#failureTexts(environment) && (this.#health.get(environment) ?? neverTried);
  }

  readonly failureTexts = (environment: string): FailureTexts | null => {
    const texts = this.#failureTexts(environment);
    if (!texts) return null;
    return {
      find: async (query, signal) => {
        const outcome = await texts.find(query, signal);
        const before = this.#health.get(environment) ?? neverTried;
        this.#health.set(environment, after(before, outcome, this.#clock.now()));
        return outcome;
      },
    };
  };
}

/** The reasons are public: they hold no text from outside. */
function after(before: PartHealth, { kind }: TextsOutcome, at: Date): PartHealth {
  switch (kind) {
    case 'found':
      return worked(at, before);
    case 'throttled':
      return failed(at, 'Log Analytics throttles the service.');
    case 'misconfigured':
      return failed(at, 'The service may not read the telemetry, or it is not where the settings say.');
    case 'unavailable':
      return failed(at, 'Log Analytics gave no usable answer.');
  }
}
