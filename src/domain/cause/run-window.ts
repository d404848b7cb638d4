import { addMs, latest } from '../instants.ts';

/** The time in which the telemetry of a run was written. */
export type RunWindow = { fromAt: Date; toAt: Date };

/** The clocks of F&O's machines differ a little. A next run mostly starts later: the batch server looks once a minute. */
export const clockSlackMs = 5000;

/**
 * How far before its end, in ms, a run of unknown start is searched. The error that ends a run is among its last
 * lines, and an earlier run must not lend its own.
 */
const unknownStartMs = 15 * 60_000;

/** `previousEndedAt` is the end of the latest run before, if known. All times are F&O's. */
export function windowOf(
  run: { startedAt: Date | null; endedAt: Date },
  previousEndedAt: Date | null,
): RunWindow {
  const { startedAt, endedAt } = run;
  const isPlausible = startedAt !== null && startedAt <= endedAt;
  const from = isPlausible ? addMs(startedAt, -clockSlackMs) : addMs(endedAt, -unknownStartMs);
  const isEarlier = previousEndedAt !== null && previousEndedAt < endedAt;
  const after = isEarlier
    ? addMs(previousEndedAt, Math.min(clockSlackMs, gap(previousEndedAt, endedAt) / 2))
    : null;
  return { fromAt: latest(from, after) ?? from, toAt: addMs(endedAt, clockSlackMs) };
}

function gap(one: Date, other: Date): number {
  return other.getTime() - one.getTime();
}
