import { systemRandomness } from '../../../src/adapters/system.ts';
import {
  withApplicationInsights,
  type Watched,
} from '../../../src/adapters/telemetry/application-insights.ts';
import { aService } from '../../helpers/a-service.ts';
import { nightJobs, nightPolicy, playNight } from './play-night.ts';

/** A program: plays the night with the real exporter, and prints the jobs' states and how long stopping took. */
// Loaded beforehand: on a busy machine that takes longer than stopping may wait for it.
await import('../../../src/adapters/telemetry/azure-monitor.ts');
let watched: Watched | undefined;
await using service = await aService({
  jobs: nightJobs,
  policy: nightPolicy,
  watch: (telemetry, clock) => {
    const connectionString = process.env['APPLICATIONINSIGHTS_CONNECTION_STRING'] ?? '';
    watched = withApplicationInsights(
      { connectionString, identity: null },
      telemetry,
      clock,
      systemRandomness,
      { outerTrace: () => null, sendsLogs: false },
    );
    return watched.telemetry;
  },
});
await playNight(service);
const jobs = await service.get('batch-jobs');
const startedAt = performance.now();
await watched?.stop();
console.log(JSON.stringify({ jobs: jobs.body, stopMs: performance.now() - startedAt }));
process.exit(0);
