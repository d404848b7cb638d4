import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  telemetryEvents,
  telemetryMetrics,
  telemetrySpans,
} from '../../../src/adapters/telemetry/telemetry-names.ts';
import { routes } from '../../../src/http/routes.ts';
import { type Envelope, type FakeIngestion, reachedAt, startFakeIngestion } from './fake-ingestion.ts';
import { nightSecrets } from './play-night.ts';

type Run = { jobs: { value: { jobId: string; state: string }[] }; stopMs: number };

let folder: string;
let ingestion: FakeIngestion;
let run: Run;
let runWithoutIngestion: Run;
let envelopes: Envelope[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'batch-retry-telemetry-'));
  const program = await bundled();
  ingestion = await startFakeIngestion();
  const noIngestion = reachedAt(9);
  [run, runWithoutIngestion] = await Promise.all([play(program, ingestion), play(program, noIngestion)]);
  envelopes = ingestion.envelopes();
}, 60_000);

afterAll(async () => {
  await ingestion[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test('each decision of a night arrives as a custom event, by decision and cause', () => {
  expect(events('batch_retry.decision', 'decision', 'cause')).toEqual({
    'deferred unavailable': 5,
    duplicate: 1,
    exhausted: 1,
    ignored: 1,
    refused: 1,
    requeued: 10,
    shadow: 1,
  });
  expect(events('batch_retry.run_ended', 'end')).toEqual({ recovered: 7 });
});

test('the circuit breaker arrives as it opened, and closed', () => {
  expect(events('batch_retry.breaker', 'breaker')).toEqual({ open: 1, closed: 1 });
});

test('what is published arrives once for each notification', () => {
  expect(events('batch_retry.notified', 'notification')).toEqual({
    requeued: 10,
    recovered: 7,
    exhausted: 1,
    'needs-attention': 1,
  });
});

test('a decision has what people search for', () => {
  const exhausted = of('EventData').find(
    ({ data }) => data.baseData.properties?.['decision'] === 'exhausted',
  );
  expect(exhausted?.data.baseData.properties).toEqual({
    environment: 'default',
    jobId: '5637144580',
    description: 'Vendor invoice import',
    eventId: expect.stringMatching(/^[0-9A-F-]{36}$/),
    decision: 'exhausted',
    policy: 'Every job',
    maxRetries: '2',
    reason: 'All 2 retries of this episode are used: nothing was sent, a person must look.',
  });
});

test('counters add up to what was done, by their dimensions', () => {
  expect(sums('batch_retry.events', 'decision')).toEqual({
    deferred: 5,
    duplicate: 1,
    exhausted: 1,
    ignored: 1,
    refused: 1,
    requeued: 10,
    shadow: 1,
  });
  expect(sums('batch_retry.requeues', 'environment')).toEqual({ default: 10 });
  expect(sums('batch_retry.deferred', 'cause')).toEqual({ unavailable: 5 });
  expect(sums('batch_retry.recovered', 'environment')).toEqual({ default: 7 });
  expect(sums('batch_retry.exhausted', 'environment')).toEqual({ default: 1 });
});

test('histograms count each answer of F&O, by its outcome, and each answer of the service, by its status', () => {
  const answers = counts('batch_retry.fno.duration', 'call', 'outcome');
  expect(answers).toMatchObject({
    'setToWaiting taken': 10,
    'setToWaiting refused': 1,
    'readStatus unavailable': 5,
  });
  expect(answers['readStatus found']).toBeGreaterThan(7);
  expect(counts('batch_retry.response.duration', 'route', 'status')).toEqual({
    'business-events 200': 10,
    'business-events 202': 5,
    'list-batch-jobs 200': 1,
  });
  expect(counts('batch_retry.recovery.time', 'environment')).toEqual({ default: 7 });
  expect(counts('batch_retry.recovery.attempts', 'environment')).toEqual({ default: 7 });
  expect(sums('batch_retry.recovery.attempts', 'environment')).toEqual({ default: 2 + 6 });
  expect(counts('batch_retry.queue.age', 'environment')['default']).toBeGreaterThan(7);
});

test('gauges show the circuit breaker and of the oldest work', () => {
  expect(sums('batch_retry.breaker.state', 'environment')).toEqual({ default: 0 });
  expect(sums('batch_retry.queue.oldest', 'environment')).toEqual({ default: 0 });
});

test('the read, the claim and the request to F&O are steps of the trace of the event that they are for', () => {
  const decision = of('EventData').find(
    ({ data: { baseData } }) =>
      baseData.properties?.['jobId'] === '5637144580' && baseData.properties['retry'] === '1',
  );
  const trace = envelopes.filter(({ tags }) => tags['ai.operation.id'] === decision?.tags['ai.operation.id']);
  expect(new Set(trace.map(({ data }) => data.baseData.name))).toEqual(
    new Set([
      'batch_retry.decision',
      'batch_retry.notified',
      'business-events',
      'readStatus',
      'claim',
      'setToWaiting',
    ]),
  );
  expect(trace).toHaveLength(6);
  const [request] = trace.filter(({ data }) => data.baseType === 'RequestData');
  expect(request?.data.baseData).toMatchObject({ responseCode: '200', success: true });
  for (const step of trace.filter((one) => one !== request)) {
    expect(step.tags['ai.operation.parentId']).toBe(request?.data.baseData.id);
  }
});

test('the follow-up that saw a job recovered is linked to the trace of the event that it goes back to', () => {
  const last = of('EventData').find(
    ({ data: { baseData } }) =>
      baseData.properties?.['jobId'] === '5637144576' && baseData.properties['retry'] === '2',
  );
  const recovered = of('EventData').find(
    ({ data: { baseData } }) =>
      baseData.properties?.['jobId'] === '5637144576' && baseData.properties['end'] === 'recovered',
  );
  const followUp = of('RequestData').find(
    ({ tags }) => tags['ai.operation.id'] === recovered?.tags['ai.operation.id'],
  );
  expect(followUp?.data.baseData).toMatchObject({ name: 'process-job' });
  expect(JSON.parse(followUp?.data.baseData.properties?.['_MS.links'] ?? '[]')).toEqual([
    { operation_Id: last?.tags['ai.operation.id'], id: last?.tags['ai.operation.parentId'] },
  ]);
});

test('nothing is sent under a name that is not in the list', () => {
  const sent = new Set(envelopes.flatMap(namesIn));
  const eventNames = Object.values(telemetryEvents).map(({ name }) => name);
  const listed = [...eventNames, ...Object.keys(telemetryMetrics), ...Object.keys(telemetrySpans)];
  const steps = routes.map(({ name }) => name);
  expect([...sent].filter((name) => !listed.includes(name) && !steps.includes(name))).toEqual([]);
  expect(sent.size).toBeGreaterThan(15);
});

test('no e-mail address, key or token leaves the service', () => {
  const all = ingestion.bodies.join('\n');
  expect(all).toContain('Payroll for (e-mail address)');
  for (const secret of nightSecrets) expect(all).not.toContain(secret);
  expect(all).not.toMatch(/[\w.]+@[\w-]+\.\w/);
});

test('without an ingestion endpoint all jobs come to the same, and the process stops in time', () => {
  expect(runWithoutIngestion.jobs).toEqual(run.jobs);
  expect(run.jobs.value.filter(({ state }) => state === 'recovered')).toHaveLength(7);
  expect(runWithoutIngestion.stopMs).toBeLessThan(5000);
  expect(run.stopMs).toBeLessThan(5000);
});

/** As the deployed file is made: the SDK must survive it. */
async function bundled(): Promise<string> {
  await build({
    entryPoints: [join(import.meta.dirname, 'watched-run.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return join(folder, 'watched-run.mjs');
}

async function play(program: string, { connectionString, environment }: ReturnType<typeof reachedAt>) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', program], {
    env: { ...environment, TMPDIR: folder, APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString },
  });
  const played: Run = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return played;
}

function of(baseType: string): Envelope[] {
  return envelopes.filter(({ data }) => data.baseType === baseType);
}

/** How many custom events there are of a name, by the values of dimensions. */
function events(name: string, ...by: string[]): Record<string, number> {
  const found = of('EventData').filter(({ data }) => data.baseData.name === name);
  return total(found.map(({ data }) => [valuesOf(data.baseData.properties, by), 1]));
}

function sums(name: string, ...by: string[]): Record<string, number> {
  return total(points(name, by).map(([key, { value }]) => [key, value]));
}

function counts(name: string, ...by: string[]): Record<string, number> {
  return total(points(name, by).map(([key, { count }]) => [key, count]));
}

function points(name: string, by: string[]): [key: string, point: { value: number; count: number }][] {
  return of('MetricData').flatMap(({ data: { baseData } }) =>
    (baseData.metrics ?? [])
      .filter((metric) => metric.name === name)
      .map((metric): [string, typeof metric] => [valuesOf(baseData.properties, by), metric]),
  );
}

function valuesOf(properties: Record<string, string> | undefined, by: string[]): string {
  return by
    .map((dimension) => properties?.[dimension])
    .filter((value) => value !== undefined)
    .join(' ');
}

function total(entries: [key: string, number: number][]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const [key, number] of entries) totals[key] = (totals[key] ?? 0) + number;
  return totals;
}

function namesIn({ data: { baseData } }: Envelope): string[] {
  return baseData.metrics?.map(({ name }) => name) ?? [baseData.name ?? ''];
}
