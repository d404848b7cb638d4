import type { BusinessEvent } from './business-events.ts';
import { randomSequence } from './job-script.ts';

/**
 * For `EventFates.lose`: loses this share of the events. The nth event of a job has the same fate in every run with
 * the same seed, whatever other jobs do.
 */
export function losesAtRate(rate: number, seed: number): (event: BusinessEvent) => boolean {
  const ofJobs = new Map<string, () => number>();
  return ({ jobId }) => {
    const random =
      ofJobs.get(jobId) ?? randomSequence(seed ^ Number(BigInt.asIntN(32, BigInt(jobId) * 2_654_435_761n)));
    ofJobs.set(jobId, random);
    return random() < rate;
  };
}
