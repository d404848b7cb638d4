import { AsyncLocalStorage } from 'node:async_hooks';
import type { InvocationContext } from '@azure/functions';
import { silentTelemetry, type Telemetry, type TelemetryEvent } from '../../ports/telemetry.ts';
import { scrub, scrubbedJson } from '../../domain/scrub.ts';
import { logOutside } from './log-outside.ts';

type Invocation = { context: InvocationContext; isOver: boolean };

/**
 * Logs to the Azure Functions invocation that is under way, so that the portal shows the lines with it. The host
 * drops what is logged to one that is over: such a line belongs to none.
 */
export class InvocationTelemetry implements Telemetry {
  readonly #current = new AsyncLocalStorage<Invocation>();
  readonly span = silentTelemetry.span;
  readonly linkTo = silentTelemetry.linkTo;
  readonly trace = silentTelemetry.trace;

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

  record(event: TelemetryEvent): void {
    switch (event.kind) {
      case 'decided': {
        const { kind: _kind, cause: _cause, ...logged } = event;
        return this.#log('information', scrubbedJson(logged));
      }
      case 'run-ended':
      case 'run-unusual':
      case 'cause-found': {
        const { kind: _kind, ...logged } = event;
        return this.#log('information', scrubbedJson(logged));
      }
      case 'announced': {
        const { kind: _kind, about, ...others } = event;
        return this.#log('warning', `A person must look: ${scrubbedJson({ kind: about, ...others })}`);
      }
      case 'warning':
        return this.#log('warning', scrub(event.message));
      case 'error': {
        const { message, error } = event;
        const reason = error instanceof Error ? error.message : String(error);
        return this.#log('error', scrub(`${message} ${reason}`));
      }
      case 'event-lost':
      case 'by-hand':
      case 'notified':
      case 'breaker':
      case 'oldest-due':
    }
  }

  #log(level: 'information' | 'warning' | 'error', line: string): void {
    const context = this.#context();
    if (!context) return logOutside(level, line);
    if (level === 'information') context.log(line);
    else if (level === 'warning') context.warn(line);
    else context.error(line);
  }

  #context(): InvocationContext | null {
    const invocation = this.#current.getStore();
    return invocation && !invocation.isOver ? invocation.context : null;
  }
}
