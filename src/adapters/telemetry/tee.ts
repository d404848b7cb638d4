import type { Telemetry } from '../../ports/telemetry.ts';

/** Tells both. */
export function tee(one: Telemetry, other: Telemetry): Telemetry {
  return {
    decided: (...told) => {
      one.decided(...told);
      other.decided(...told);
    },
    runEnded: (...told) => {
      one.runEnded(...told);
      other.runEnded(...told);
    },
    announced: (announcement) => {
      one.announced(announcement);
      other.announced(announcement);
    },
    warning: (message) => {
      one.warning(message);
      other.warning(message);
    },
    error: (message, error) => {
      one.error(message, error);
      other.error(message, error);
    },
  };
}
