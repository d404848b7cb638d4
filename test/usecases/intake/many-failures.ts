import { expect } from 'vitest';
import { nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { anEvent, eventId } from '../../hosts/an-event.ts';

/** So many failures of one delivery are decided before it is answered. */
export const atOnce = 32;

export function jobsOf(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    ...nightlyPosting,
    jobId: String(9_007_199_254_740_993n + BigInt(index)),
  }));
}

export function failureOf({ jobId }: { jobId: string }, index: number): string {
  return anEvent({ JobId: jobId, EventId: `"${eventId(index)}"` });
}

/** As Event Grid delivers them: the event's JSON as text. */
export function gridBatch(events: readonly string[]): string {
  const wrapped = events.map((data, id) => ({
    id: String(id),
    eventType: 'e',
    subject: '',
    topic: 't',
    data,
  }));
  return JSON.stringify(wrapped);
}

export function decisionsOf(body: object): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, decision = ''] of JSON.stringify(body).matchAll(/"decision":"(\w+)"/g)) {
    counts[decision] = (counts[decision] ?? 0) + 1;
  }
  return counts;
}

/** RESPONSE_BUDGET_MS is 8000. */
export const inTime = { status: 202, answers: 1000, ms: expect.toSatisfy((ms: number) => ms < 8000) };

export const thousand = jobsOf(1000);

/** Delivers a thousand failures at once; of those decided at once the jobs have failed. */
export async function answerTo(service: TestService, jobs: readonly { jobId: string }[]) {
  const failing = new Set(jobs.slice(0, atOnce).map(({ jobId }) => jobId));
  for (const jobId of failing) await service.sandbox.run(jobId);
  const batch = gridBatch(jobs.map(failureOf));
  const startedAt = performance.now();
  const { status, body } = await service.deliver(batch);
  const ms = Math.round(performance.now() - startedAt);
  console.log(`${ms} ms for 1000 events: ${JSON.stringify(decisionsOf(body))}`);
  return { status, answers: Object.values(body).length, ms };
}
