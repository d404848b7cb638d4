/** How long the service retries a delivery, in ms, before it gives up. */
export const giveUpDeliveryAfterMs = 24 * 3_600_000;

const second = 1000;
const hour = 3_600_000;

/**
 * How long to wait, in ms, before the redelivery of a notification: as long as the subscriber asks for, or 10 s
 * doubled with each of its `failedAttempts`, at most an hour, plus a jitter of up to a quarter. `random` is in [0,
 * 1).
 */
export function redeliveryMs(failedAttempts: number, retryAfterMs: number | null, random: number): number {
  const wanted = retryAfterMs ?? 10 * second * 2 ** Math.min(failedAttempts, 30);
  return Math.round(Math.min(Math.max(wanted, second), hour) * (1 + random / 4));
}
