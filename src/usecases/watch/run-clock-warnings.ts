import { inWords } from '../../domain/in-words.ts';
import { hasProof, type RunClock } from '../../domain/watch/run-clock.ts';
import type { Ports } from '../../ports/ports.ts';

/** Times of runs in another time zone than F&O's clock: this process warns of each zone once. */
export class RunClockWarnings {
  readonly #telemetry: Ports['telemetry'];
  readonly #told = new Set<string>();

  constructor({ telemetry }: Pick<Ports, 'telemetry'>) {
    this.#telemetry = telemetry;
  }

  warn(environment: string, clock: RunClock): void {
    const { aheadMs } = clock;
    const key = `${environment} ${aheadMs}`;
    if (aheadMs === 0 || !hasProof(clock) || this.#told.has(key)) return;
    this.#told.add(key);
    const where = `${inWords(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
    const message = `The watch of ${environment}: F&O shows times of runs that are ${where} its own clock. The watch reckons with it, but not all of the service does: a person should let F&O show them in UTC.`;
    this.#telemetry.record({ kind: 'warning', message });
  }
}
