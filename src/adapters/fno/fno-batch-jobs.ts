import { type JobId, parseJobId } from '../../domain/job-id.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../domain/outcome.ts';
import type { BatchJobs, JobQuery, ListedBatchJob, ListOutcome } from '../../ports/batch-jobs.ts';
import type { Clock } from '../../ports/clock.ts';
import { classifyList, classifyRead, classifySetToWaiting } from './classify.ts';
import { FnoHttp, type FnoReply, type FnoRequest } from './fno-http.ts';
import { holdsText, listFilters, listPath } from './list-query.ts';
import { nextPage } from './next-page.ts';
import type { TokenSource } from './token-source.ts';
import { withoutSecrets } from './without-secrets.ts';

/** The OData action: https://learn.microsoft.com/dynamics365/fin-ops-core/dev-itpro/sysadmin/batch-odata-api */
const setBatchJobToWaiting = '/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting';

/**
 * Longer than any token request takes. A process that stalled for this long, in ms, sends nothing: another process
 * may have claimed the job.
 */
const stalledMs = 15_000;

/** The batch jobs of one F&O environment, over its OData endpoint. */
export class FnoBatchJobs implements BatchJobs {
  readonly #orgUrl: string;
  readonly #http: FnoHttp;
  readonly #tokens: TokenSource;
  readonly #clock: Clock;

  constructor(orgUrl: string, tokens: TokenSource, clock: Clock) {
    this.#orgUrl = orgUrl;
    this.#http = new FnoHttp(orgUrl);
    this.#tokens = tokens;
    this.#clock = clock;
  }

  async setToWaiting(jobId: JobId, signal: AbortSignal): Promise<SetToWaitingOutcome> {
    const body = `{"batchJobId":${jobId}}`;
    const reply = await this.#send({ method: 'POST', path: setBatchJobToWaiting, body }, signal);
    return withoutSecrets(classifySetToWaiting(reply, jobId, this.#clock.now()));
  }

  async read(jobId: JobId, signal: AbortSignal): Promise<ReadOutcome> {
    const reply = await this.#send({ method: 'GET', path: `/data/BatchJobs(${jobId})`, body: null }, signal);
    return withoutSecrets(classifyRead(reply, jobId, this.#clock.now()));
  }

  async list({ search, limit }: JobQuery, signal: AbortSignal): Promise<ListOutcome> {
    const jobId = search === null ? null : parseJobId(search);
    const withId = jobId && (await this.#listAll(listFilters.withId(jobId), limit, signal));
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

  /** Follows the links to the next pages, but none to another host: the token would go there too. */
  async #listAll(filter: string, limit: number, signal: AbortSignal): Promise<ListOutcome> {
    const jobs: ListedBatchJob[] = [];
    let path = listPath(filter, limit);
    for (;;) {
      const reply = await this.#send({ method: 'GET', path, body: null }, signal);
      const page = classifyList(reply, this.#clock.now());
      if (page.kind !== 'page') return withoutSecrets(page);
      jobs.push(...page.jobs);
      const next = nextPage(page.nextLink, path, this.#orgUrl);
      if (jobs.length >= limit || next.kind === 'none')
        return { kind: 'listed', jobs: jobs.slice(0, limit), cutOff: null };
      if (next.kind === 'elsewhere') {
        const cutOff = `The list may be incomplete: F&O's link to the next page leads ${next.where}, and the service did not follow it.`;
        return { kind: 'listed', jobs, cutOff };
      }
      path = next.path;
    }
  }

  /** Sends with a token. If F&O rejects the token, renews it once and sends the request once more. */
  async #send(request: Omit<FnoRequest, 'token'>, signal: AbortSignal): Promise<FnoReply> {
    const startedAtMs = this.#clock.uptimeMs();
    const token = await this.#tokens.get(signal);
    if (this.#clock.uptimeMs() - startedAtMs > stalledMs) {
      return { kind: 'not-sent', cause: 'token', message: 'the process stalled before it could send' };
    }
    if (token.kind === 'failed') return { kind: 'not-sent', cause: 'token', message: token.message };
    if (token.kind === 'refused') return { kind: 'sign-in-refused', message: token.message };
    const reply = await this.#http.send({ ...request, token: token.token }, signal);
    if (reply.kind !== 'answered' || reply.status !== 401) return reply;

    const renewed = await this.#tokens.renew(token.token, signal);
    if (renewed.kind !== 'token' || renewed.token === token.token) return reply;
    return this.#http.send({ ...request, token: renewed.token }, signal);
  }
}
