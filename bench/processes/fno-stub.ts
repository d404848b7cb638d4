import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { stubToken } from './start-fno.ts';

/**
 * A stub of F&O that costs little: a token endpoint, the entity BatchJobs, and SetBatchJobToWaiting. Each job that it
 * is asked about has failed at the time that it is given, and recovers after a requeue. It has no faults: src/sandbox
 * has. Arguments: the time of the failures in ms since 1970, and how many F&O environments to be.
 */
const [failedAtMs = 0, environments = 1] = process.argv.slice(2).map(Number);

const tokenPath = '/MSI/token';
const token = stubToken;
const json = { 'content-type': 'application/json; odata.metadata=minimal; charset=utf-8' };
const keyPrefix = '/data/BatchJobs(';
const action = '/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting';

/** When F&O accepted the last requeue of a job, in ms, and how many it accepted. */
type Requeues = { lastAtMs: number; count: number };
const requeues = new Map<string, Requeues>();
const counts = { tokens: 0, reads: 0, lists: 0, requeues: 0, lastRequeueAtMs: 0 };

const servers = await Promise.all(Array.from({ length: environments }, listen));
console.log(`Listening on ${servers.join(',')}`);
process.on('message', (message) => {
  if (message === 'counts') process.send?.({ counts });
  if (message === 'requeuesByJob') {
    process.send?.({ requeuesByJob: [...requeues].map(([jobId, { count }]) => [jobId, count]) });
  }
  if (message === 'forget') {
    requeues.clear();
    process.send?.({ forget: true });
  }
});

async function listen(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.method === 'GET') get(request, response);
    else post(request, response);
  });
  // F&O keeps idle connections for minutes; a busy client would take a closed one for a fault.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

function get({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  if (url.startsWith(tokenPath)) return issueToken(url, response);
  if (headers.authorization !== `Bearer ${token}`) return send(response, 401, '');
  if (url.startsWith(keyPrefix)) {
    counts.reads += 1;
    return send(response, 200, entity(url.slice(keyPrefix.length, url.indexOf(')'))));
  }
  counts.lists += 1;
  const ids = decodeURIComponent(url).matchAll(/BatchJobRecId eq (\d+)/g);
  send(response, 200, `{"value":[${[...ids].map(([, id = '']) => entity(id)).join(',')}]}`);
}

function issueToken(url: string, response: ServerResponse): void {
  counts.tokens += 1;
  const resource = new URLSearchParams(url.slice(url.indexOf('?'))).get('resource');
  const expires = String(Math.floor(Date.now() / 1000) + 86_400);
  send(
    response,
    200,
    JSON.stringify({ access_token: token, expires_on: expires, resource, token_type: 'Bearer' }),
  );
}

function post(request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.setEncoding('latin1');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    if (request.headers.authorization !== `Bearer ${token}`) return send(response, 401, '');
    const jobId = request.url === action ? /"batchJobId":(\d+)/.exec(body)?.[1] : undefined;
    if (jobId === undefined) return send(response, 400, '{}');
    const lastAtMs = Date.now();
    requeues.set(jobId, { lastAtMs, count: (requeues.get(jobId)?.count ?? 0) + 1 });
    counts.requeues += 1;
    counts.lastRequeueAtMs = lastAtMs;
    const answer = `{"ResponseStatusCode":200,"IsSuccess":true,"BatchJobId":${jobId},"ExceptionDetails":"","ReponseMessage":"Batch job ${jobId} was set to waiting"}`;
    send(response, 200, JSON.stringify({ value: answer }));
  });
}

/** Failed; then waiting for 20 s, due at once, and then finished. */
function entity(jobId: string): string {
  const requeuedAtMs = requeues.get(jobId)?.lastAtMs;
  if (requeuedAtMs === undefined) return entityOf(jobId, 'Error', failedAtMs - 60_000, failedAtMs);
  const hasRun = Date.now() - requeuedAtMs > 20_000;
  return hasRun
    ? entityOf(jobId, 'Finished', requeuedAtMs + 5000, requeuedAtMs + 15_000)
    : entityOf(jobId, 'Waiting', failedAtMs - 60_000, failedAtMs, requeuedAtMs);
}

function entityOf(
  jobId: string,
  status: string,
  startedAtMs: number,
  endedAtMs: number,
  scheduledAtMs = startedAtMs,
): string {
  return `{"@odata.etag":"","BatchJobRecId":${jobId},"JobDescription":"Nightly posting","Status":"${status}","CompanyAccounts":"USMF","OrigStartDateTime":"${seconds(scheduledAtMs)}","StartDateTime":"${seconds(startedAtMs)}","EndDateTime":"${seconds(endedAtMs)}","StartDate":"1900-01-01T12:00:00Z","StartTime":0,"ExecutingBy":"","CanceledBy":"","PartitionKey":"initial","RuntimeJob":"No","Finishing":0,"SaveJobToHistory":"Always","Recurrence":""}`;
}

function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { ...json, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
