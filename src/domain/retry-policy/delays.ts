import type { RetryPolicy } from './retry-policy.ts';

/** How long the policy lets a failure wait, in ms, after so many retries of its episode: the last delay repeats. */
export function delayMs(policy: Pick<RetryPolicy, 'delaysMs'>, retriesUsed: number): number {
  return policy.delaysMs[Math.min(retriesUsed, policy.delaysMs.length - 1)] ?? 0;
}
