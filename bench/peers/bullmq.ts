import { createServer } from 'node:http';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { FnoClient } from './fno-client.ts';

/**
 * A queue in Redis between the event and F&O: the answer is sent once Redis has the event, whose id keeps duplicates
 * out, and a worker in the same process sends the requests. REDIS_PORT says where Redis is.
 */
const connection = new Redis(Number(process.env['REDIS_PORT']), '127.0.0.1', { maxRetriesPerRequest: null });
const fno = new FnoClient(process.env['FNO_ORG_URL'] ?? '');
const retry = { attempts: 5, backoff: { type: 'exponential', delay: 1000 } };
const name = `failures-${process.pid}`;
const queue = new Queue(name, { connection, defaultJobOptions: retry });
const worker = new Worker<{ jobId: number }>(
  name,
  async ({ data }) => {
    if (!(await fno.setToWaiting(data.jobId))) throw new Error('F&O refused.');
  },
  { connection, concurrency: 50 },
);
await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const event = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const { EventId: eventId, JobId: jobId } = event;
    queue
      .add('failed', { jobId }, { jobId: eventId })
      .then(() => answer(202, JSON.stringify({ decision: 'queued', eventId })))
      .catch(() => answer(503, '{}'));
  });
  const answer = (status: number, text: string) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  };
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`Listening on http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
});
