import type { RetryPolicy } from './retry-policy.ts';

/**
 * How long the policy delays a failure, in ms, after `retriesUsed` retries of its episode. The last delay repeats.
 */
export function delayMs(policy: Pick<RetryPolicy, 'delaysMs'>, retriesUsed: number): number {
  return policy.delaysMs[Math.min(retriesUsed, policy.delaysMs.length - 1)] ?? 0;
}
