import type { JobId } from '../../domain/job-id.ts';
import type { NotRead } from '../../domain/job/job-event.ts';
import type { ReadOutcome } from '../../domain/outcome.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Deadline } from './deadline.ts';

/** As many as one query may ask for. */
const maxTogether = 32;

type Read = ReadOutcome | NotRead;

type Asked = {
  key: BatchJobKey;
  deadline: Deadline;
  resolve: (read: Read | Promise<Read>) => void;
  reject: (error: unknown) => void;
};

/** Reads several jobs of an environment by one query. Null for a job that must be read by itself. */
type ReadSeveral = (
  environment: string,
  jobIds: readonly JobId[],
  deadline: Deadline,
) => Promise<(jobId: JobId) => Read | null>;

/**
 * Collects the reads of one environment that are asked for in the same turn of the event loop, and answers them by one
 * query. A job that is alone is read by itself.
 */
export class ReadTogether {
  readonly #readOne: (key: BatchJobKey, deadline: Deadline) => Promise<Read>;
  readonly #readSeveral: ReadSeveral;
  readonly #asked = new Map<string, Asked[]>();

  constructor(readOne: (key: BatchJobKey, deadline: Deadline) => Promise<Read>, readSeveral: ReadSeveral) {
    this.#readOne = readOne;
    this.#readSeveral = readSeveral;
  }

  read(key: BatchJobKey, deadline: Deadline): Promise<Read> {
    return new Promise((resolve, reject) => {
      const one: Asked = { key, deadline, resolve, reject };
      const asked = this.#asked.get(key.environment);
      if (asked && asked.length < maxTogether) {
        asked.push(one);
        return;
      }
      const fresh = [one];
      this.#asked.set(key.environment, fresh);
      setImmediate(() => {
        if (this.#asked.get(key.environment) === fresh) this.#asked.delete(key.environment);
        this.#answer(key.environment, fresh).catch((error: unknown) => {
          for (const { reject: fail } of fresh) fail(error);
        });
      });
    });
  }

  async #answer(environment: string, asked: readonly Asked[]): Promise<void> {
    const jobIds = [...new Set(asked.map(({ key }) => key.jobId))];
    const [first] = asked;
    const found =
      first && jobIds.length > 1 ? await this.#readSeveral(environment, jobIds, first.deadline) : null;
    for (const { key, deadline, resolve } of asked) {
      resolve(found?.(key.jobId) ?? this.#readOne(key, deadline));
    }
  }
}
