import { AsyncLocalStorage } from 'node:async_hooks';
import type { Randomness } from '../../ports/randomness.ts';
import { parseTraceparent, type SpanIds } from './trace-context.ts';

/** A step that is under way. */
export type OpenSpan = { ids: SpanIds; parent: SpanIds | null; links: SpanIds[] };

/** Knows which step is under way, in whatever is done asynchronously within it. */
export class CurrentSpan {
  readonly #storage = new AsyncLocalStorage<OpenSpan>();
  readonly #randomness: Randomness;
  readonly #outerTrace: () => string | null;

  /** `outerTrace` is the traceparent of what the host does, within which the first step is. */
  constructor(randomness: Randomness, outerTrace: () => string | null) {
    this.#randomness = randomness;
    this.#outerTrace = outerTrace;
  }

  get(): OpenSpan | null {
    return this.#storage.getStore() ?? null;
  }

  /** Begins a step within the one that is under way. */
  open(): OpenSpan {
    const parent = this.get()?.ids ?? parseTraceparent(this.#outerTrace());
    const traceId = parent?.traceId ?? this.#digits();
    return { ids: { traceId, spanId: this.#digits().slice(0, 16) }, parent, links: [] };
  }

  run<Result>(span: OpenSpan, act: () => Promise<Result>): Promise<Result> {
    return this.#storage.run(span, act);
  }

  /** 32 hexadecimal digits. */
  #digits(): string {
    return this.#randomness.uuid().replaceAll('-', '');
  }
}
