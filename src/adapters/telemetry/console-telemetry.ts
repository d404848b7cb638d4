import type { Decision } from '../../policy/decision.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';

/** Prints what happens for a person who watches a terminal: a line a decision. */
export class ConsoleTelemetry implements Telemetry {
  readonly #clock: Clock;
  readonly #print: (line: string) => void;

  constructor(clock: Clock, print: (line: string) => void = console.log) {
    this.#clock = clock;
    this.#print = print;
  }

  decided(decision: Decision, description: string): void {
    const job =
      decision.jobId === null
        ? '-'
        : `${decision.jobId}${description === '' ? '' : ` ${oneLine(description)}`}`;
    const environment = decision.environment === 'default' ? '' : `${decision.environment} `;
    const retry = decision.retry === null ? '' : ` (retry ${decision.retry} of ${decision.maxRetries})`;
    this.#line(
      `${decision.decision.padEnd(10)}  ${environment}${job.padEnd(44)}  ${oneLine(decision.reason)}${retry}`,
    );
  }

  warning(message: string): void {
    this.#line(`warning     ${oneLine(message)}`);
  }

  error(message: string, error: unknown): void {
    this.#line(
      `error       ${oneLine(message)} ${oneLine(error instanceof Error ? error.message : String(error))}`,
    );
  }

  #line(text: string): void {
    this.#print(`${this.#clock.now().toISOString().slice(11, 19)}  ${text}`);
  }
}

/** What F&O sent cannot start a line of its own, nor move the terminal's cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 400);
}
