import type { JobId } from '../../domain/job-id.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { OtherVersion } from '../../ports/other-version.ts';

/** A record that another version of the service wrote; `jobId` is null for that of an environment. */
export type UnreadableRecord = { environment: string; jobId: JobId | null; at: Date };

type RecordKey = Pick<UnreadableRecord, 'environment' | 'jobId'>;

/** Remembers, in this process, each record that it could not read because another version of the service wrote it. */
export class UnreadableRecords {
  readonly #clock: Clock;
  readonly #found = new Map<string, UnreadableRecord>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  all(): UnreadableRecord[] {
    return [...this.#found.values()];
  }

  watch(ledger: Ledger): Ledger {
    return {
      read: (key, eventId) => this.#noted(key, () => ledger.read(key, eventId)),
      write: (key, version, change) => ledger.write(key, version, change),
      list: async (after, limit, environment) => {
        const jobs = await ledger.list(after, limit, environment);
        for (const job of jobs) this.#note(job, !('unreadable' in job));
        return jobs;
      },
      history: (key, before, limit) => ledger.history(key, before, limit),
      updateEnvironment: (environment, change) =>
        this.#noted({ environment, jobId: null }, () => ledger.updateEnvironment(environment, change)),
      prune: (key, instant) => ledger.prune(key, instant),
      proveWritable: () => ledger.proveWritable(),
    };
  }

  async #noted<Result>(key: RecordKey, act: () => Promise<Result>): Promise<Result> {
    try {
      const result = await act();
      this.#note(key, true);
      return result;
    } catch (error) {
      if (error instanceof OtherVersion) this.#note(key, false);
      throw error;
    }
  }

  #note({ environment, jobId }: RecordKey, isReadable: boolean): void {
    const name = `${environment} ${jobId ?? ''}`;
    if (isReadable) this.#found.delete(name);
    else this.#found.set(name, { environment, jobId, at: this.#clock.now() });
  }
}
