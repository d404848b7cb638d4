import { systemRandomness } from '../../../src/adapters/system.ts';
import { CurrentSpan } from '../../../src/adapters/telemetry/current-span.ts';
import { RecordingTelemetry } from '../../../src/adapters/telemetry/recording-telemetry.ts';
import { tee } from '../../../src/adapters/telemetry/tee.ts';
import type { TelemetryRecord } from '../../../src/adapters/telemetry/telemetry-record.ts';
import type { ServiceSetup } from '../../helpers/a-service.ts';
import type { TakenRecord } from '../../kql-evaluator/tables-of.ts';

/** Watches a service as Application Insights would, and keeps what it would get in `taken`. */
export function recordInto(taken: TakenRecord[]): NonNullable<ServiceSetup['watch']> {
  return (telemetry, clock) => {
    const current = new CurrentSpan(systemRandomness, () => null);
    const sink = (record: TelemetryRecord) => void taken.push({ record, at: clock.now() });
    return tee(telemetry, new RecordingTelemetry(clock, current, sink));
  };
}
