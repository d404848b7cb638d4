import { type JobId, parseJobId } from '../../domain/job-id.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../domain/outcome.ts';
import type { BatchJobs, JobQuery, ListOutcome } from '../../ports/batch-jobs.ts';
import type { Clock } from '../../ports/clock.ts';
import { toListedJobs } from './batch-job-entity.ts';
import { classifyRead, classifySetToWaiting } from './classify.ts';
import type { FnoSender } from './fno-sender.ts';
import { listAll } from './list-all.ts';
import { holdsText, listFilters, listPath } from './list-query.ts';
import { withoutSecrets } from './without-secrets.ts';

/** The OData action: https://learn.microsoft.com/dynamics365/fin-ops-core/dev-itpro/sysadmin/batch-odata-api */
const setBatchJobToWaiting = '/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting';

/** The batch jobs of one F&O environment, over its OData endpoint. */
export class FnoBatchJobs implements BatchJobs {
  readonly #sender: FnoSender;
  readonly #clock: Clock;

  constructor(sender: FnoSender, clock: Clock) {
    this.#sender = sender;
    this.#clock = clock;
  }

  async setToWaiting(jobId: JobId, signal: AbortSignal): Promise<SetToWaitingOutcome> {
    const body = `{"batchJobId":${jobId}}`;
    const reply = await this.#sender.send({ method: 'POST', path: setBatchJobToWaiting, body }, signal);
    return withoutSecrets(classifySetToWaiting(reply, jobId, this.#clock.now()));
  }

  async read(jobId: JobId, signal: AbortSignal): Promise<ReadOutcome> {
    const reply = await this.#sender.send(
      { method: 'GET', path: `/data/BatchJobs(${jobId})`, body: null },
      signal,
    );
    return withoutSecrets(classifyRead(reply, jobId, this.#clock.now()));
  }

  listByIds(jobIds: readonly JobId[], signal: AbortSignal): Promise<ListOutcome> {
    // One more than there can be: more rows than jobs contradict one another.
    return this.#listAll(listFilters.withIds(jobIds), jobIds.length + 1, signal);
  }

  async list({ search, limit }: JobQuery, signal: AbortSignal): Promise<ListOutcome> {
    const jobId = search === null ? null : parseJobId(search);
    const withId = jobId && (await this.#listAll(listFilters.withIds([jobId]), limit, signal));
    if (withId && (withId.kind !== 'listed' || withId.jobs.length > 0)) return withId;

    const failed = await this.#listAll(listFilters.failed(search), limit, signal);
    if (failed.kind !== 'listed') return failed;
    const jobs = failed.jobs.filter(({ description }) => holdsText(description, search));
    if (jobs.length >= limit) return { ...failed, jobs };
    const others = await this.#listAll(listFilters.notFailed(search), limit - jobs.length, signal);
    if (others.kind !== 'listed') return others;
    const found = others.jobs.filter(({ description }) => holdsText(description, search));
    return { kind: 'listed', jobs: [...jobs, ...found], cutOff: failed.cutOff ?? others.cutOff };
  }

  async #listAll(filter: string, limit: number, signal: AbortSignal): Promise<ListOutcome> {
    const parts = { sender: this.#sender, clock: this.#clock };
    const listed = await listAll(parts, listPath(filter, limit), limit, signal, toListedJobs);
    return listed.kind === 'listed' ? { kind: 'listed', jobs: listed.rows, cutOff: listed.cutOff } : listed;
  }
}
