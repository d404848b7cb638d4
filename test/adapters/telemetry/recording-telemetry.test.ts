import { expect, test } from 'vitest';
import { systemRandomness } from '../../../src/adapters/system.ts';
import { CurrentSpan } from '../../../src/adapters/telemetry/current-span.ts';
import { RecordingTelemetry } from '../../../src/adapters/telemetry/recording-telemetry.ts';
import type { SpanRecord, TelemetryRecord } from '../../../src/adapters/telemetry/telemetry-record.ts';
import type { Step } from '../../../src/ports/telemetry.ts';
import { jobIdOf } from '../../domain/job/builders.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const answer: Step = { name: 'answer', route: 'business-events', method: 'POST' };
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test("within the host's trace, a step goes on with it; otherwise it is the first", async () => {
  const hosted = recorded(traceparent);
  await hosted.telemetry.span(
    answer,
    () => Promise.resolve(),
    () => '200',
  );
  expect(hosted.spans()).toMatchObject([
    {
      role: 'internal',
      ids: { traceId: '0af7651916cd43dd8448eb211c80319c' },
      parent: { spanId: 'b7ad6b7169203331' },
    },
  ]);

  const own = recorded(null);
  await own.telemetry.span(
    answer,
    () => Promise.resolve(),
    () => '503',
  );
  expect(own.spans()).toMatchObject([{ role: 'server', parent: null, isFailed: true }]);
});

test('what is passed on by a step leads back to it from another process', async () => {
  const one = recorded(null);
  const trace = await one.telemetry.span(
    answer,
    () => Promise.resolve(one.telemetry.trace()),
    () => '200',
  );
  const other = recorded(null);
  const takeUp: Step = { name: 'process-job', environment: 'prod', jobId: jobIdOf('7'), dueAt: new Date(0) };
  await other.telemetry.span(
    takeUp,
    async () => other.telemetry.linkTo(trace ?? ''),
    () => 'done',
  );
  expect(other.spans()[0]?.links).toEqual([one.spans()[0]?.ids]);
});

test.each(['', '00-00000000000000000000000000000000-b7ad6b7169203331-01', 'x'.repeat(55)])(
  'what is no traceparent leads nowhere: "%s"',
  async (trace) => {
    const { telemetry, spans } = recorded(trace);
    await telemetry.span(
      answer,
      async () => telemetry.linkTo(trace),
      () => '200',
    );
    expect(spans()).toMatchObject([{ parent: null, links: [] }]);
  },
);

test('a step that throws is recorded as failed, and throws on', async () => {
  const { telemetry, spans } = recorded(null);
  const claim: Step = { name: 'claim', environment: 'prod', jobId: jobIdOf('7'), eventId: 'E' };
  const failing = telemetry.span(
    claim,
    () => Promise.reject(new Error('store away')),
    () => 'written',
  );
  await expect(failing).rejects.toThrow('store away');
  expect(spans()).toMatchObject([{ name: 'claim', isFailed: true }]);
});

function recorded(outerTrace: string | null) {
  const records: TelemetryRecord[] = [];
  const current = new CurrentSpan(systemRandomness, () => outerTrace);
  const telemetry = new RecordingTelemetry(new ManualClock(), current, (record) => records.push(record));
  const spans = () => records.filter((record): record is SpanRecord => record.kind === 'span');
  return { telemetry, spans };
}
