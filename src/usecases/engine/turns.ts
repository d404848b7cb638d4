import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Deadline } from './deadline.ts';

/**
 * Lets this process decide the failures of one job one after another. At the same time they would meet each other's
 * writes, read the job again and again, and wait behind each other's claims until their leases end.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Acts once those before have acted, or once `deadline` lets nobody wait any longer: the ledger meets conflicts. */
  take<Result>(
    { environment, jobId }: BatchJobKey,
    deadline: Deadline,
    act: () => Promise<Result>,
  ): Promise<Result> {
    const job = `${environment} ${jobId}`;
    const before = this.#last.get(job);
    const acted = before ? deadline.waitFor(before).then(act) : act();
    this.#last.set(job, acted);
    return acted.finally(() => {
      if (this.#last.get(job) === acted) this.#last.delete(job);
    });
  }
}
