import type { JobId } from '../../domain/job-id.ts';
import type { Clock } from '../../ports/clock.ts';
import { silentTelemetry, type Telemetry, type TelemetryEvent } from '../../ports/telemetry.ts';
import { scrub } from '../../domain/scrub.ts';

/** Prints what happens for a person who watches a terminal: a line a decision. */
export class ConsoleTelemetry implements Telemetry {
  readonly #clock: Clock;
  readonly #print: (line: string) => void;
  readonly span = silentTelemetry.span;
  readonly linkTo = silentTelemetry.linkTo;
  readonly trace = silentTelemetry.trace;

  constructor(clock: Clock, print: (line: string) => void = console.log) {
    this.#clock = clock;
    this.#print = print;
  }

  record(event: TelemetryEvent): void {
    switch (event.kind) {
      case 'decided': {
        const retry = event.retry === null ? '' : ` (retry ${event.retry} of ${event.maxRetries})`;
        return this.#job(event.decision, event, event.description, `${event.reason}${retry}`);
      }
      case 'run-ended':
        return this.#job(event.end, event, event.description, event.reason);
      case 'run-unusual':
        return this.#job(event.finding, event, event.description, event.reason);
      case 'cause-found':
        return this.#job('cause', event, event.description, 'Why it failed is known: its history says so.');
      case 'announced':
        return this.#job('ATTENTION', event, event.about, event.reason);
      case 'warning':
        return this.#line(`warning     ${oneLine(event.message)}`);
      case 'error': {
        const { message, error } = event;
        const cause = error instanceof Error ? error.message : String(error);
        return this.#line(`error       ${oneLine(message)} ${oneLine(cause)}`);
      }
      case 'event-lost':
      case 'by-hand':
      case 'notified':
      case 'breaker':
      case 'oldest-due':
    }
  }

  #job(
    what: string,
    of: { environment: string; jobId: JobId | null },
    description: string,
    why: string,
  ): void {
    const environment = of.environment === 'default' ? '' : `${of.environment} `;
    const job =
      of.jobId === null ? '-' : `${of.jobId}${description === '' ? '' : ` ${oneLine(description)}`}`;
    this.#line(`${what.padEnd(10)}  ${environment}${job.padEnd(44)}  ${oneLine(why)}`);
  }

  #line(text: string): void {
    this.#print(`${this.#clock.now().toISOString().slice(11, 19)}  ${scrub(text)}`);
  }
}

/** What F&O sent cannot start a line of its own, nor move the terminal's cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 400);
}
