import type { JobId } from '../../domain/job-id.ts';
import type { NotRead } from '../../domain/job/job-event.ts';
import type { ReadOutcome } from '../../domain/outcome.ts';
import type { ListedBatchJob, ListOutcome } from '../../ports/batch-jobs.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Deadline } from './deadline.ts';

/** As many as one query may ask for. */
const maxTogether = 32;

/** So long, in ms, jobs are read one by one after a query that F&O did not answer. */
export const oneByOneMs = 5 * 60_000;

type Read = ReadOutcome | NotRead;

type Asked = {
  key: BatchJobKey;
  deadline: Deadline;
  resolve: (read: Read | Promise<Read>) => void;
  reject: (error: unknown) => void;
};

/** How to read one job, and how to list several of an environment by one query. */
type Reads = {
  uptimeMs: () => number;
  readOne: (key: BatchJobKey, deadline: Deadline) => Promise<Read>;
  list: (
    environment: string,
    jobIds: readonly JobId[],
    deadline: Deadline,
  ) => Promise<ListOutcome | Extract<NotRead, { kind: 'breaker-open' }>>;
};

/**
 * Collects the reads of one environment that are asked for in the same turn of the event loop, and answers them by one
 * query. A job that is alone is read by itself, and so are all while F&O does not answer such queries.
 */
export class ReadTogether {
  readonly #reads: Reads;
  readonly #asked = new Map<string, Asked[]>();
  /** Until when an environment's jobs are read one by one. */
  readonly #oneByOneUntilMs = new Map<string, number>();

  constructor(reads: Reads) {
    this.#reads = reads;
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

  /** The query has the time of the last one that asked. Who has no time left is answered without it. */
  async #answer(environment: string, asked: readonly Asked[]): Promise<void> {
    const inTime = asked.filter(({ deadline }) => deadline.canCallFno());
    const jobIds = [...new Set(inTime.map(({ key }) => key.jobId))];
    const last = inTime.at(-1);
    const isTogether = jobIds.length > 1 && !this.#isOneByOne(environment);
    const found = last && isTogether ? await this.#readSeveral(environment, jobIds, last.deadline) : null;
    for (const one of asked) {
      const shared = inTime.includes(one) ? found?.(one.key.jobId) : null;
      one.resolve(shared ?? this.#reads.readOne(one.key, one.deadline));
    }
  }

  #isOneByOne(environment: string): boolean {
    return this.#reads.uptimeMs() < (this.#oneByOneUntilMs.get(environment) ?? -Infinity);
  }

  /**
   * Null for a job that must be read by itself: the list lacks it, or contradicts itself, or F&O does not answer the
   * query. That may be the query's fault, or one row's, and says nothing of a single read. A request to slow down holds
   * for all.
   */
  async #readSeveral(environment: string, jobIds: readonly JobId[], deadline: Deadline) {
    const listed = await this.#reads.list(environment, jobIds, deadline);
    if (listed.kind === 'breaker-open') return () => listed;
    const jobs = listed.kind === 'listed' ? byId(listed.jobs) : null;
    // A query that was not sent tells nothing of queries.
    if (!jobs && listed.kind !== 'not-sent')
      this.#oneByOneUntilMs.set(environment, this.#reads.uptimeMs() + oneByOneMs);
    if (listed.kind === 'throttled') return () => listed;
    if (!jobs) return () => null;
    return (jobId: JobId): ReadOutcome | null => {
      const observation = jobs.get(jobId);
      const answer = { status: 200, isSuccess: null, message: null };
      return observation ? { kind: 'found', observation, answer } : null;
    };
  }
}

/** Null if a job is there twice: nobody knows which row is true. */
function byId(listed: readonly ListedBatchJob[]): ReadonlyMap<JobId, ListedBatchJob> | null {
  const jobs = new Map(listed.map((job) => [job.jobId, job]));
  return jobs.size === listed.length ? jobs : null;
}
