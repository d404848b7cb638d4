import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

export interface StubFno extends AsyncDisposable {
  orgUrl: string;
  /** Settings by which the service signs in to it. */
  settings: Record<string, string>;
  /** What the entity says from now on. */
  job: Record<string, unknown>;
  /** What SetBatchJobToWaiting does and answers. */
  act: () => object;
  /** HTTP status of that. */
  actStatus: number;
  requeues: number;
}

/** An F&O with one recurring job, which failed a minute ago and waits for its start in an hour. */
export async function startStubFno(jobId: string): Promise<StubFno> {
  const server = createServer((request, response) => {
    const body = JSON.stringify(answer(request)).replace('"(id)"', jobId);
    response
      .writeHead(request.method === 'POST' ? stub.actStatus : 200, { 'content-type': 'application/json' })
      .end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const orgUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

  const stub: StubFno = {
    orgUrl,
    settings: {
      FNO_ORG_URL: orgUrl,
      IDENTITY_ENDPOINT: `${orgUrl}/MSI/token`,
      IDENTITY_HEADER: 'a-header',
    },
    job: {
      BatchJobRecId: '(id)',
      JobDescription: 'Hourly posting',
      Status: 'Waiting',
      CompanyAccounts: 'USMF',
      StartDateTime: inMs(-120_000),
      EndDateTime: inMs(-60_000),
      OrigStartDateTime: inMs(3_600_000),
      Recurrence: 'B/1E/gM=',
    },
    act: () => ({ IsSuccess: true, ResponseStatusCode: 200, 'Batch JobId': '(id)', reponseMessage: 'Done.' }),
    actStatus: 200,
    requeues: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  function answer({ url, method }: IncomingMessage): object {
    if (url?.startsWith('/MSI/token')) {
      const expiresOn = String(Math.floor(Date.now() / 1000) + 86_400);
      return { access_token: 'a-token', expires_on: expiresOn, resource: orgUrl, token_type: 'Bearer' };
    }
    if (method !== 'POST') return stub.job;
    stub.requeues += 1;
    return stub.act();
  }
  return stub;
}

function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}
