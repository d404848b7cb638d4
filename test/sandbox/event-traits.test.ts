import { expect, test, vi } from 'vitest';
import { batchEventKinds } from '../../src/sandbox/batch-job.ts';
import { parseObject } from '../../src/sandbox/json.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aWebhook, type Webhook } from './webhook.ts';

/** A job that fails, and then finishes, and sends every kind of event. */
async function aTalkativeJob(options: SandboxOptions = {}) {
  const clock = new ManualClock();
  const sandbox = await startSandbox({ clock, ...options });
  const script = { kind: 'fail-times', times: 1 } as const;
  sandbox.addJob({ jobId: '7', description: 'Nightly', script, sends: batchEventKinds });
  const runTwiceAndCancel = async (): Promise<void> => {
    await sandbox.run('7');
    sandbox.setStatus('7', 'Waiting');
    await sandbox.run('7');
    sandbox.setStatus('7', 'Canceled');
  };
  return { sandbox, clock, runTwiceAndCancel };
}

/** One property of each event that came after the test events. */
function valuesOf({ received }: Webhook, property: string, activations = 1): string[] {
  const values = received.slice(activations).map(({ body }) => String(parseObject(body)?.[property]));
  return [...new Set(values)].toSorted();
}

test('in German, JobStatus is a label and the ids stay', async () => {
  await using webhook = await aWebhook(200);
  const { sandbox, runTwiceAndCancel } = await aTalkativeJob({ language: 'de' });
  await using _ = sandbox;
  await sandbox.activateEndpoint(webhook.url);
  await runTwiceAndCancel();
  await sandbox.idle();
  expect(valuesOf(webhook, 'JobStatus')).toEqual(['Abgebrochen', 'Beendet', 'Fehler', 'Wird ausgeführt']);
  expect(valuesOf(webhook, 'BusinessEventId')).toContain('BatchJobFailedBusinessEvent');
});

test('events may have other BusinessEventIds', async () => {
  await using webhook = await aWebhook(200);
  const eventIds = { failed: 'ContosoBatchFailed', canceled: 'ContosoBatchCanceled' };
  const { sandbox, runTwiceAndCancel } = await aTalkativeJob({ eventIds });
  await using _ = sandbox;
  await sandbox.activateEndpoint(webhook.url);
  await runTwiceAndCancel();
  await sandbox.idle();
  expect(valuesOf(webhook, 'BusinessEventId')).toEqual([
    'BatchJobFinishedBusinessEvent',
    'BatchJobStartedBusinessEvent',
    'ContosoBatchCanceled',
    'ContosoBatchFailed',
  ]);
});

test('a started event has no end, the others have the end of the run or of the cancellation', async () => {
  await using webhook = await aWebhook(200);
  const { sandbox, clock } = await aTalkativeJob();
  await using _ = sandbox;
  await sandbox.activateEndpoint(webhook.url);
  const running = sandbox.run('7', 60_000);
  await clock.advance(60_000);
  await running;
  await clock.advance(60_000);
  sandbox.setStatus('7', 'Canceled');
  await sandbox.idle();
  const ends = webhook.received.slice(1).map(({ body }) => {
    const event = parseObject(body);
    const ms = /-?\d+/.exec(String(event?.JobEndUtcDateTime))?.[0];
    return `${String(event?.JobStatus)} ${new Date(Number(ms)).toISOString()}`;
  });
  expect(ends.toSorted()).toEqual([
    'Canceled 2026-03-02T01:02:00.000Z',
    'Error 2026-03-02T01:01:00.000Z',
    'Executing 1900-01-01T00:00:00.000Z',
  ]);
});

test('an endpoint gets only the kinds of events that it was activated for', async () => {
  await using failures = await aWebhook(200);
  await using ends = await aWebhook(200);
  await using all = await aWebhook(200);
  const { sandbox, runTwiceAndCancel } = await aTalkativeJob();
  await using _ = sandbox;
  await sandbox.activateEndpoint(failures.url, ['failed']);
  await sandbox.activateEndpoint(ends.url, ['failed']);
  await sandbox.activateEndpoint(ends.url, ['finished']);
  await sandbox.activateEndpoint(all.url);
  await runTwiceAndCancel();
  await sandbox.idle();
  expect(valuesOf(failures, 'JobStatus')).toEqual(['Error']);
  expect(valuesOf(ends, 'JobStatus', 2)).toEqual(['Error', 'Finished']);
  expect(valuesOf(all, 'JobStatus')).toEqual(['Canceled', 'Error', 'Executing', 'Finished']);
});

test('failed events may come late, after others', async () => {
  await using webhook = await aWebhook(200);
  const { sandbox, clock, runTwiceAndCancel } = await aTalkativeJob({
    events: { delayMs: ({ kind }) => (kind === 'failed' ? 40_000 : 0) },
  });
  await using _ = sandbox;
  await sandbox.activateEndpoint(webhook.url, ['failed', 'finished']);
  await runTwiceAndCancel();
  await vi.waitFor(() => expect(valuesOf(webhook, 'JobStatus')).toEqual(['Finished']));
  await clock.advance(39_999);
  expect(valuesOf(webhook, 'JobStatus')).toEqual(['Finished']);
  await clock.advance(1);
  await sandbox.idle();
  expect(webhook.received.at(-1)?.body).toBe(sandbox.failedEvent('7'));
  expect(sandbox.deliveries.at(-1)?.at).toEqual(new Date('2026-03-02T01:00:40Z'));
});

test('events may be lost without a trace', async () => {
  await using webhook = await aWebhook(200);
  const { sandbox, runTwiceAndCancel } = await aTalkativeJob({
    events: { lose: ({ kind }) => kind === 'failed' },
  });
  await using _ = sandbox;
  await sandbox.activateEndpoint(webhook.url, ['failed', 'finished']);
  await runTwiceAndCancel();
  await sandbox.idle();
  expect(valuesOf(webhook, 'JobStatus')).toEqual(['Finished']);
  expect(sandbox.errorLog).toEqual([]);
  expect(sandbox.failedEvent('7')).toContain('BatchJobFailedBusinessEvent');
});

test('a stop does not wait for an event that is late', async () => {
  await using webhook = await aWebhook(200);
  const { sandbox } = await aTalkativeJob({ events: { delayMs: () => 40_000 } });
  await sandbox.activateEndpoint(webhook.url);
  await sandbox.run('7');
  await sandbox.stop();
  expect(webhook.received).toHaveLength(1);
});
