import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { FnoClient } from './fno-client.ts';
import { serveEvents } from './serve-events.ts';

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

serveEvents(async ({ EventId: eventId, JobId: jobId }) => {
  try {
    await queue.add('failed', { jobId }, { jobId: eventId });
    return { status: 202, body: { decision: 'queued', eventId } };
  } catch {
    return { status: 503, body: {} };
  }
});
