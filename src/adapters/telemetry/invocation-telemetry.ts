import { AsyncLocalStorage } from 'node:async_hooks';
import type { InvocationContext } from '@azure/functions';
import type { EventAnswer } from '../../domain/job/event-answer.ts';
import type { Announcement, RunEnded, Telemetry } from '../../ports/telemetry.ts';
import { scrub } from '../shared/scrub.ts';
import { logOutside } from './log-outside.ts';

type Invocation = { context: InvocationContext; isOver: boolean };

/**
 * Logs to the Azure Functions invocation that is under way, so that the portal shows the lines with it. The host
 * drops what is logged to one that is over: such a line belongs to none.
 */
export class InvocationTelemetry implements Telemetry {
  readonly #current = new AsyncLocalStorage<Invocation>();

  readonly inInvocation = async <Result>(
    context: InvocationContext,
    handle: () => Promise<Result>,
  ): Promise<Result> => {
    const invocation = { context, isOver: false };
    try {
      return await this.#current.run(invocation, handle);
    } finally {
      invocation.isOver = true;
    }
  };

  /** The traceparent of the invocation that is under way; null outside of one. */
  readonly outerTrace = (): string | null => this.#context()?.traceContext?.traceParent ?? null;

  decided(decision: EventAnswer, description: string): void {
    this.#log({ ...decision, description });
  }

  runEnded(ended: RunEnded, description: string): void {
    this.#log({ ...ended, description });
  }

  announced(announcement: Announcement): void {
    this.warning(`A person must look: ${JSON.stringify(announcement)}`);
  }

  warning(message: string): void {
    const line = scrub(message);
    const context = this.#context();
    if (context) context.warn(line);
    else logOutside('warning', line);
  }

  error(message: string, error: unknown): void {
    const line = scrub(`${message} ${error instanceof Error ? error.message : String(error)}`);
    const context = this.#context();
    if (context) context.error(line);
    else logOutside('error', line);
  }

  #log(what: object): void {
    const line = scrub(JSON.stringify(what));
    const context = this.#context();
    if (context) context.log(line);
    else logOutside('information', line);
  }

  #context(): InvocationContext | null {
    const invocation = this.#current.getStore();
    return invocation && !invocation.isOver ? invocation.context : null;
  }
}
