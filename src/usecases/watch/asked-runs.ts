import { type AskedRun, runsToAsk } from '../../domain/watch/ask-order.ts';
import type { OpenRun } from '../../domain/watch/open-runs.ts';
import type { Run } from '../../domain/watch/run.ts';

/** How many runs of an environment one look asks about. */
const maxQuestions = 20;

/** The runs of an environment that the telemetry was asked about, as far as this process knows, while they are open. */
export class AskedRuns {
  readonly #ofEnvironments = new Map<string, Map<string, AskedRun>>();

  /** Chooses which of the open runs of an environment this look asks about. */
  begin(environment: string, openRuns: readonly OpenRun[], runNow: Date): AskedOnce {
    const open = openRuns.map(({ run }) => run);
    const before = this.#ofEnvironments.get(environment);
    const asked = new Map<string, AskedRun>();
    for (const run of open) {
      const known = before?.get(keyOf(run));
      if (known) asked.set(keyOf(run), known);
    }
    this.#ofEnvironments.set(environment, asked);
    const chosen = runsToAsk(open, (run) => asked.get(keyOf(run)), runNow, maxQuestions);
    return new AskedOnce(asked, new Set(chosen.map(keyOf)), runNow);
  }
}

/** The questions of one look. */
export class AskedOnce {
  readonly #asked: Map<string, AskedRun>;
  readonly #chosen: Set<string>;
  readonly #runNow: Date;

  constructor(asked: Map<string, AskedRun>, chosen: Set<string>, runNow: Date) {
    this.#asked = asked;
    this.#chosen = chosen;
    this.#runNow = runNow;
  }

  /** Whether it is this run's turn, once. Whatever comes of it, others are asked about first in the next look. */
  take(run: Run): boolean {
    if (!this.#chosen.delete(keyOf(run))) return false;
    this.#asked.set(keyOf(run), { at: this.#runNow, answers: this.#answersOf(run) });
    return true;
  }

  /** The runs without a question, then the others as it is their turn: a fault ends the questions. */
  inOrder(open: readonly OpenRun[]): OpenRun[] {
    const turns = new Map([...this.#chosen].map((key, index) => [key, index]));
    const turnOf = ({ run }: OpenRun): number => turns.get(keyOf(run)) ?? -1;
    return open.toSorted((one, other) => turnOf(one) - turnOf(other));
  }

  noteAnswer(run: Run): void {
    this.#asked.set(keyOf(run), { at: this.#runNow, answers: this.#answersOf(run) + 1 });
  }

  /** After a fault, nothing more is asked in this look. */
  stop(): void {
    this.#chosen.clear();
  }

  #answersOf(run: Run): number {
    return this.#asked.get(keyOf(run))?.answers ?? 0;
  }
}

function keyOf({ jobId, endedAt }: Run): string {
  return `${jobId} ${endedAt.toISOString()}`;
}
