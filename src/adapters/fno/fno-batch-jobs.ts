import type { JobId } from '../../policy/job-id.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../policy/outcome.ts';
import type { BatchJobs } from '../../ports/batch-jobs.ts';
import type { Clock } from '../../ports/clock.ts';
import { classifyRead, classifySetToWaiting } from './classify.ts';
import { FnoHttp, type FnoReply, type FnoRequest } from './fno-http.ts';
import type { TokenSource } from './token-source.ts';

/** The OData action: https://learn.microsoft.com/dynamics365/fin-ops-core/dev-itpro/sysadmin/batch-odata-api */
const setBatchJobToWaiting = '/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting';

/** The batch jobs of one F&O environment, over its OData endpoint. */
export class FnoBatchJobs implements BatchJobs {
  readonly #http: FnoHttp;
  readonly #tokens: TokenSource;
  readonly #clock: Clock;

  constructor(orgUrl: string, tokens: TokenSource, clock: Clock) {
    this.#http = new FnoHttp(orgUrl);
    this.#tokens = tokens;
    this.#clock = clock;
  }

  async setToWaiting(jobId: JobId, signal: AbortSignal): Promise<SetToWaitingOutcome> {
    const body = `{"batchJobId":${jobId}}`;
    const reply = await this.#send({ method: 'POST', path: setBatchJobToWaiting, body }, signal);
    return classifySetToWaiting(reply, jobId, this.#clock.now());
  }

  async read(jobId: JobId, signal: AbortSignal): Promise<ReadOutcome> {
    const reply = await this.#send({ method: 'GET', path: `/data/BatchJobs(${jobId})`, body: null }, signal);
    return classifyRead(reply, jobId, this.#clock.now());
  }

  /** Sends with a token; a token that F&O does not accept is renewed once, and the request sent once more. */
  async #send(request: Omit<FnoRequest, 'token'>, signal: AbortSignal): Promise<FnoReply> {
    const token = await this.#tokens.get(signal);
    if (token.kind === 'failed') return { kind: 'not-sent', cause: 'token', message: token.message };
    const reply = await this.#http.send({ ...request, token: token.token }, signal);
    if (reply.kind !== 'answered' || reply.status !== 401) return reply;

    const renewed = await this.#tokens.renew(token.token, signal);
    if (renewed.kind === 'failed' || renewed.token === token.token) return reply;
    return this.#http.send({ ...request, token: renewed.token }, signal);
  }
}
