import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { AzureMonitor } from '../../../src/adapters/telemetry/azure-monitor.ts';
import { BufferingSink } from '../../../src/adapters/telemetry/buffering-sink.ts';
import type { TelemetryRecord } from '../../../src/adapters/telemetry/telemetry-record.ts';

const counted: TelemetryRecord = { kind: 'metric', name: 'batch_retry.events', value: 1, dimensions: {} };
const answered: TelemetryRecord = {
  kind: 'span',
  name: 'business-events',
  role: 'server',
  ids: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
  parent: null,
  links: [],
  startedAt: new Date(0),
  endedAt: new Date(1),
  isFailed: false,
  http: { method: 'POST', status: '200' },
  dimensions: {},
};

test('what sends is loaded a moment after the first answer, not before, and gets what came meanwhile in its order', async () => {
  const { sink, sent, loads } = aSink();
  sink.take(counted);
  await pause(400);
  expect(loads()).toBe(0);

  sink.take(answered);
  expect(loads()).toBe(0);
  await pause(400);
  expect(loads()).toBe(1);
  expect(sent).toEqual([counted, answered]);
  sink.take(counted);
  expect(sent).toHaveLength(3);
});

test('what comes before it is loaded is kept within bounds, and how much was not is logged', async () => {
  const { sink, sent, errors } = aSink();
  for (let index = 0; index < 5003; index++) sink.take(counted);
  await sink.stop();
  expect(sent).toHaveLength(5000);
  expect(errors).toEqual(['3 records of telemetry were dropped.']);
});

test('stopping sends what is left', async () => {
  const { sink, sent, stops } = aSink();
  sink.take(counted);
  await sink.stop();
  expect(sent).toEqual([counted]);
  expect(stops()).toBe(1);
});

test('stopping does not wait for an ingestion endpoint that does not answer', async () => {
  const { sink } = aSink({ stop: () => new Promise(() => undefined) });
  const startedAt = performance.now();
  await sink.stop();
  expect(performance.now() - startedAt).toBeLessThan(4500);
});

test.each<[what: string, monitor: Partial<AzureMonitor> | Error]>([
  ['what sends cannot be loaded', new Error('no such file')],
  ['it rejects when it is stopped', { stop: () => Promise.reject(new Error('no such file')) }],
  [
    'it throws',
    {
      send: () => {
        throw new Error('no such file');
      },
    },
  ],
])('nothing is thrown if %s', async (_what, monitor) => {
  const { sink, errors } = aSink(monitor);
  sink.take(answered);
  await sink.stop();
  sink.take(answered);
  expect(errors).toContain('Telemetry cannot be sent: no such file');
});

test('why telemetry cannot be sent is logged with its cause', async () => {
  const cause = new Error('connect ECONNREFUSED 127.0.0.1:9');
  const { sink, errors } = aSink({
    stop: () => Promise.reject(new TypeError('fetch failed', { cause })),
  });
  await sink.stop();
  expect(errors).toEqual(['Telemetry cannot be sent: fetch failed: connect ECONNREFUSED 127.0.0.1:9']);
});

function aSink(monitor: Partial<AzureMonitor> | Error = {}) {
  const sent: TelemetryRecord[] = [];
  const errors: string[] = [];
  let [loads, stops] = [0, 0];
  const load = async (): Promise<AzureMonitor> => {
    loads += 1;
    if (monitor instanceof Error) throw monitor;
    return {
      send: (record) => void sent.push(record),
      stop: async () => void (stops += 1),
      ...monitor,
    };
  };
  const sink = new BufferingSink(load, (message) => errors.push(message));
  return { sink, sent, errors, loads: () => loads, stops: () => stops };
}
