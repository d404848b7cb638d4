import type { Clock } from '../../ports/clock.ts';
import type { FailureTexts, NoTelemetry } from '../../ports/failure-texts.ts';
import { failed, neverTried, type PartHealth, worked } from './part.ts';

type Asked = { kind: 'found' | NoTelemetry['kind'] };

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
      find: (query, signal) => this.#note(environment, texts.find(query, signal)),
      tasks: (query, signal) => this.#note(environment, texts.tasks(query, signal)),
    };
  };

  async #note<Outcome extends Asked>(environment: string, asked: Promise<Outcome>): Promise<Outcome> {
    const outcome = await asked;
    const before = this.#health.get(environment) ?? neverTried;
    this.#health.set(environment, after(before, outcome, this.#clock.now()));
    return outcome;
  }
}

/** The reasons are public: they hold no text from outside. */
function after(before: PartHealth, { kind }: Asked, at: Date): PartHealth {
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
