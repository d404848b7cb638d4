import type { Around } from './around-ports.ts';

/** The port that is slower than all others: what is asked of both at the same time is done by the other first. */
export type Slow = 'queue.enqueue' | 'ledger.write';

/** Turns of the event loop: a commit takes one. */
const slowTurns = 4;

/**
 * A process of this process's own: it dies before or after one of its I/Os. Nothing that it asks for after that is
 * done, and no answer reaches it.
 */
export class Dying {
  readonly ios: string[] = [];
  readonly died: Promise<null>;
  readonly #diesAt: number;
  readonly #when: 'before' | 'after';
  readonly #slow: Slow | null;
  readonly #die: () => void;
  #isDead = false;

  /** `diesAt` counts from 1. */
  constructor(diesAt: number, when: 'before' | 'after', slow: Slow | null) {
    this.#diesAt = diesAt;
    this.#when = when;
    this.#slow = slow;
    const { promise, resolve } = Promise.withResolvers<null>();
    this.died = promise;
    this.#die = () => resolve(null);
  }

  readonly around: Around = async (name, io) => {
    const number = this.ios.push(name);
    if (name === this.#slow) for (let turn = 0; turn < slowTurns; turn++) await new Promise(setImmediate);
    await this.#dieIf(number, 'before');
    const result = await io();
    await this.#dieIf(number, 'after');
    return result;
  };

  toString(): string {
    return `dies ${this.#when} its I/O ${this.#diesAt} (${this.ios[this.#diesAt - 1]}), slow: ${this.#slow}`;
  }

  /** Never resolves in a dead process. */
  async #dieIf(number: number, when: 'before' | 'after'): Promise<void> {
    if (number === this.#diesAt && when === this.#when) {
      this.#isDead = true;
      this.#die();
    }
    if (this.#isDead) await new Promise(() => undefined);
  }
}
