import type { JobId } from '../../domain/job-id.ts';
import type { EventAnswer } from '../../domain/job/event-answer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Announcement, RunEnded, Telemetry } from '../../ports/telemetry.ts';
import { scrub } from '../shared/scrub.ts';

/** Prints what happens for a person who watches a terminal: a line a decision. */
export class ConsoleTelemetry implements Telemetry {
  readonly #clock: Clock;
  readonly #print: (line: string) => void;

  constructor(clock: Clock, print: (line: string) => void = console.log) {
    this.#clock = clock;
    this.#print = print;
  }

  decided(decision: EventAnswer, description: string): void {
    const retry = decision.retry === null ? '' : ` (retry ${decision.retry} of ${decision.maxRetries})`;
    this.#tell(decision.decision, decision, description, `${decision.reason}${retry}`);
  }

  runEnded(ended: RunEnded, description: string): void {
    this.#tell(ended.end, ended, description, ended.reason);
  }

  announced({ kind, ...about }: Announcement): void {
    this.#tell('ATTENTION', about, kind, about.reason);
  }

  warning(message: string): void {
    this.#line(`warning     ${oneLine(message)}`);
  }

  error(message: string, error: unknown): void {
    this.#line(
      `error       ${oneLine(message)} ${oneLine(error instanceof Error ? error.message : String(error))}`,
    );
  }

  #tell(
    what: string,
    about: { environment: string; jobId: JobId | null },
    description: string,
    why: string,
  ): void {
    const environment = about.environment === 'default' ? '' : `${about.environment} `;
    const job =
      about.jobId === null ? '-' : `${about.jobId}${description === '' ? '' : ` ${oneLine(description)}`}`;
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
