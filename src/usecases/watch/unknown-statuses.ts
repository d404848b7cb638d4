import { isKnownStatus } from '../../domain/job/runs.ts';
import type { Ports } from '../../ports/ports.ts';

/** Of how many statuses of one environment a process warns, at most. */
const maxWarnings = 20;

/** The statuses that F&O shows and the service does not know: this process warns of each once. */
export class UnknownStatuses {
  readonly #telemetry: Ports['telemetry'];
  readonly #told = new Map<string, Set<string>>();

  constructor({ telemetry }: Pick<Ports, 'telemetry'>) {
    this.#telemetry = telemetry;
  }

  warn(environment: string, statuses: Iterable<string>): void {
    const told = this.#told.get(environment) ?? new Set();
    this.#told.set(environment, told);
    for (const status of statuses) {
      if (isKnownStatus(status) || told.has(status) || told.size >= maxWarnings) continue;
      told.add(status);
      const message = `The watch of ${environment}: F&O shows the status ${JSON.stringify(status)}, which the service does not know. It cannot tell how runs ended that are shown so.`;
      this.#telemetry.record({ kind: 'warning', message });
    }
  }
}
