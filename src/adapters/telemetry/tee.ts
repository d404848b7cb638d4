import type { Telemetry } from '../../ports/telemetry.ts';

/** Records in both; traces with `tracing`. */
export function tee(other: Telemetry, tracing: Telemetry): Telemetry {
  return {
    record: (event) => {
      other.record(event);
      tracing.record(event);
    },
    span: (step, act, outcomeOf) => tracing.span(step, act, outcomeOf),
    linkTo: (trace) => tracing.linkTo(trace),
    trace: () => tracing.trace(),
  };
}
