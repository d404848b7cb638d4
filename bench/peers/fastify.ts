import fastify from 'fastify';
import { FnoClient } from './fno-client.ts';

/**
 * What one writes in an afternoon: Fastify checks the event with ajv, a counter in memory limits the retries, and the
 * request goes to F&O. It forgets everything when it ends. With `--read` it reads the job before it sends.
 */
const readsFirst = process.argv.includes('--read');
const fno = new FnoClient(process.env['FNO_ORG_URL'] ?? '');
const retries = new Map<number, number>();
const seen = new Set<string>();

type FailedEvent = { BusinessEventId: string; EventId: string; JobId: number; JobDescription: string };

const schema = {
  type: 'object',
  required: ['BusinessEventId', 'EventId', 'JobId', 'JobDescription'],
  properties: {
    BusinessEventId: { type: 'string' },
    BusinessEventLegalEntity: { type: 'string' },
    ControlNumber: { type: 'integer' },
    EventId: { type: 'string', format: 'uuid' },
    EventTimeIso8601: { type: 'string', format: 'date-time' },
    JobDescription: { type: 'string' },
    JobEndUtcDateTime: { type: 'string' },
    JobId: { type: 'integer' },
    JobStatus: { type: 'string' },
  },
};

const app = fastify();
app.post<{ Body: FailedEvent }>('/*', { schema: { body: schema } }, async ({ body }) => {
  const { EventId: eventId, JobId: jobId } = body;
  if (!body.JobDescription.startsWith('Nightly')) return { decision: 'ignored', eventId };
  if (seen.has(eventId)) return { decision: 'duplicate', eventId };
  seen.add(eventId);
  const retry = (retries.get(jobId) ?? 0) + 1;
  if (retry > 5) return { decision: 'exhausted', eventId };
  if (readsFirst && (await fno.status(jobId)) !== 'Error') return { decision: 'superseded', eventId };
  const isTaken = await fno.setToWaiting(jobId);
  if (isTaken) retries.set(jobId, retry);
  return { decision: isTaken ? 'requeued' : 'refused', eventId, retry };
});
console.log(`Listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
