import { systemClock, systemRandomness } from '../../../src/adapters/system.ts';
import { withApplicationInsights } from '../../../src/adapters/telemetry/application-insights.ts';
import { ConsoleTelemetry } from '../../../src/adapters/telemetry/console-telemetry.ts';

/** A program that sends telemetry and writes to Azure Tables, for which the SDK warns of itself. */
const connectionString =
  'InstrumentationKey=12345678-1234-1234-1234-123456789012;IngestionEndpoint=https://127.0.0.1:9/';
const { telemetry, stop } = withApplicationInsights(
  { connectionString, identity: null },
  new ConsoleTelemetry(systemClock),
  systemClock,
  systemRandomness,
  { outerTrace: () => null, sendsLogs: true },
);
telemetry.record({ kind: 'warning', message: 'Something to send.' });
await stop();
const { TableClient } = await import('@azure/data-tables');
const table = new TableClient('http://127.0.0.1:9', 'Jobs', {
  allowInsecureConnection: true,
  retryOptions: { maxRetries: 0 },
});
await table.submitTransaction([['create', { partitionKey: 'one', rowKey: 'one' }]]).catch(() => undefined);
console.log(`Level: ${process.env['AZURE_LOG_LEVEL']}`);
process.exit(0);
