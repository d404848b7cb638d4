import { AsyncLocalStorage } from 'node:async_hooks';
import type { InvocationContext } from '@azure/functions';
import type { Decision } from '../../policy/decision.ts';
import type { Announcement, RunEnded, Telemetry } from '../../ports/telemetry.ts';

/** Logs to the Azure Functions invocation that is under way, so that the portal shows the lines with it. */
export class InvocationTelemetry implements Telemetry {
  readonly #current = new AsyncLocalStorage<InvocationContext>();

  readonly inInvocation = <Result>(
    context: InvocationContext,
    handle: () => Promise<Result>,
  ): Promise<Result> => this.#current.run(context, handle);

  /** The traceparent of the invocation that is under way; null outside of one. */
  readonly outerTrace = (): string | null => this.#current.getStore()?.traceContext?.traceParent ?? null;

  decided(decision: Decision, description: string): void {
    this.#log({ ...decision, description });
  }

  runEnded(ended: RunEnded, description: string): void {
    this.#log({ ...ended, description });
  }

  announced(announcement: Announcement): void {
    this.warning(`A person must look: ${JSON.stringify(announcement)}`);
  }

  #log(what: object): void {
    const line = JSON.stringify(what);
    const context = this.#current.getStore();
    if (context) context.log(line);
    else console.log(line);
  }

  warning(message: string): void {
    const context = this.#current.getStore();
    if (context) context.warn(message);
    else console.warn(message);
  }

  error(message: string, error: unknown): void {
    const line = `${message} ${error instanceof Error ? error.message : String(error)}`;
    const context = this.#current.getStore();
    if (context) context.error(line);
    else console.error(line);
  }
}
