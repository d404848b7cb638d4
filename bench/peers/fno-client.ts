import { Pool } from 'undici';

/** F&O as a script calls it: a token that is fetched once, and connections that are kept alive. */
export class FnoClient {
  readonly #orgUrl: string;
  readonly #pool: Pool;
  #token: Promise<string> | null = null;

  constructor(orgUrl: string) {
    this.#orgUrl = orgUrl;
    this.#pool = new Pool(orgUrl, { connections: 50 });
  }

  async setToWaiting(jobId: number): Promise<boolean> {
    const { statusCode, body } = await this.#pool.request({
      method: 'POST',
      path: '/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting',
      headers: { authorization: `Bearer ${await this.#getToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batchJobId: jobId }),
    });
    const answer = JSON.parse(await body.text());
    return statusCode === 200 && JSON.parse(answer.value).IsSuccess === true;
  }

  async status(jobId: number): Promise<string> {
    const { body } = await this.#pool.request({
      method: 'GET',
      path: `/data/BatchJobs(${jobId})`,
      headers: { authorization: `Bearer ${await this.#getToken()}` },
    });
    const answer = JSON.parse(await body.text());
    return String(answer.Status);
  }

  #getToken(): Promise<string> {
    this.#token ??= this.#fetchToken();
    return this.#token;
  }

  async #fetchToken(): Promise<string> {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER = '' } = process.env;
    const resource = encodeURIComponent(this.#orgUrl);
    const response = await fetch(`${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=${resource}`, {
      headers: { 'x-identity-header': IDENTITY_HEADER },
    });
    const answer = JSON.parse(await response.text());
    return String(answer.access_token);
  }
}
