import { readFileSync } from 'node:fs';
import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { encodeWork } from '../../../src/adapters/azure-storage/queue/work-message.ts';
import { serializeWork, type WorkItem } from '../../../src/ports/work-item.ts';
import { workQueueName } from '../../../src/ports/work-queue.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { failureEvent, nightlyPosting, readAnswer } from '../../helpers/a-service.ts';
import { type AzuriteProxy, startProxy } from '../../helpers/azurite-proxy.ts';
import { startAzurite } from '../../helpers/azurite.ts';
import { type FunctionsHost, startFunctionsHost } from '../../helpers/functions-host.ts';
import { everyJob } from '../../helpers/policies.ts';
import { aWake } from '../../helpers/work-items.ts';

const jobId = '9223372036854775807';

let azurite: Awaited<ReturnType<typeof startAzurite>>;
let sandbox: Sandbox;
let host: FunctionsHost;
let tables: AzuriteProxy;
let queues: AzuriteProxy;
let queue: QueueClient;

beforeAll(async () => {
  azurite = await startAzurite();
  [tables, queues] = await Promise.all([startProxy(azurite.tableUrl), startProxy(azurite.queueUrl)]);
  queue = new QueueClient(azurite.connectionString(), workQueueName);
  sandbox = await startSandbox();
  sandbox.addJob({ ...nightlyPosting, jobId });
  vi.stubEnv('FNO_ORG_URL', sandbox.orgUrl);
  vi.stubEnv('RETRY_POLICY', JSON.stringify(everyJob));
  vi.stubEnv('AzureWebJobsStorage', azurite.connectionString(tables.url, queues.url));
  vi.stubEnv('SERVICE_BUS_QUEUE', 'batch-events');
  vi.stubEnv('ServiceBusConnection__fullyQualifiedNamespace', 'contoso.servicebus.windows.net');
  vi.stubEnv('EventHubConnection', 'Endpoint=sb://contoso.servicebus.windows.net/');
  for (const [name, value] of Object.entries(sandbox.identityEnvironment)) vi.stubEnv(name, value);
  host = await startFunctionsHost(() => import('../../../src/hosts/azure/main.ts'));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await host.close();
  await Promise.all([sandbox.stop(), tables.stop(), queues.stop()]);
  await azurite.stop();
});

test("with Azure Storage the queue's trigger processes the work; only the broker that is named has a function", () => {
  const others = host.functions.filter(({ trigger }) => trigger.type !== 'httpTrigger');
  expect(others.map(({ name, trigger }) => ({ ...trigger, name }))).toMatchObject([
    {
      name: 'process-job',
      type: 'queueTrigger',
      queueName: 'batch-retry-work',
      connection: 'AzureWebJobsStorage',
    },
    { name: 'sweep', type: 'timerTrigger' },
    { name: 'prune-history', type: 'timerTrigger' },
    { name: 'watch', type: 'timerTrigger' },
    { name: 'service-bus-queue', type: 'serviceBusTrigger', queueName: 'batch-events', dataType: 'binary' },
  ]);
});

test('a deferred job is requeued by the message that the webhook left in the queue, digit for digit', async () => {
  const event = await failureEvent(sandbox, jobId);
  sandbox.faults.add({ kind: 'throttled', retryAfter: 1 }, { on: 'action' });
  const answer = await readAnswer(
    await fetch(`${host.url}/business-events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: event,
    }),
  );
  expect(answer).toMatchObject({ status: 202, body: { decision: 'deferred', jobId } });
  const received: string[] = [];
  await expect
    .poll(async () => received.push(...(await visibleMessages())) > 0, { timeout: 5000, interval: 200 })
    .toBe(true);
  for (const json of received) await host.trigger('process-job', { json }, { DequeueCount: { json: '1' } });

  expect(sandbox.requeues(jobId)).toBe(1);
  const history = await readAnswer(await fetch(`${host.url}/batch-jobs/${jobId}/history`));
  expect(history.body).toMatchObject({ value: [{ decision: 'requeued' }, { decision: 'deferred' }] });
});

test('an event from Service Bus is decided, and logged to its invocation', async () => {
  const another = '9223372036854775806';
  sandbox.addJob({ ...nightlyPosting, jobId: another });
  const event = await failureEvent(sandbox, another);

  await host.trigger('service-bus-queue', { bytes: Buffer.from(event) }, { DeliveryCount: { int: 1 } });

  expect(sandbox.requeues(another)).toBe(1);
  expect(host.logs.at(-1)).toMatchObject({
    functionName: 'service-bus-queue',
    message: expect.stringContaining(`"decision":"requeued","environment":"default","jobId":"${another}"`),
  });
});

test('what is announced of a message that cannot be read is logged before its invocation ends', async () => {
  const unreadable = { bytes: Buffer.from('not JSON') };
  const line = { functionName: 'service-bus-queue', message: expect.stringContaining('cannot be read') };
  await expect(host.trigger('service-bus-queue', unreadable, { DeliveryCount: { int: 1 } })).rejects.toThrow(
    'not JSON',
  );
  // What is late would come by then.
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(host.logs.at(-1)).toMatchObject(line);
  expect(host.logs.filter(({ message }) => message.includes('Unexpected call'))).toEqual([]);
});

test('a message that is no work is a dead letter at once, and announced once', async () => {
  const text = '{"jobId":1}';
  const before = announced();
  await host.trigger('process-job', { json: text }, { DequeueCount: { json: '1' } });
  expect(announced()).toBe(before + 1);
  const listed = await readAnswer(await fetch(`${host.url}/dead-letters`));
  expect(listed.body).toMatchObject({
    value: [{ jobId: null, kind: null, reason: 'The message is not work: it has no kind.' }],
  });
});

test('a store that is lost dead-letters no message, however often it was delivered', async () => {
  const before = announced();
  const received = await delivered(aWake({ jobId }));
  tables.delayMs = 5000;
  await expect(trigger(received, 999_999)).rejects.toThrow(/Azure Storage cannot be reached/);
  tables.delayMs = 0;
  expect(announced()).toBe(before);
  const listed = await readAnswer(await fetch(`${host.url}/dead-letters`));
  expect(listed.body['value']).toHaveLength(1);
  expect(await invisibleForMs(received)).toBe(30_000);
  await trigger(received, 1_000_000);
});

test('the host keeps to its part: it gives no message up, and delays what is rejected by a minute', () => {
  const { extensions }: { extensions: { queues: Record<string, unknown> } } = JSON.parse(
    readFileSync('host.json', 'utf8'),
  );
  expect(extensions.queues).toMatchObject({ visibilityTimeout: '00:01:00', messageEncoding: 'base64' });
  expect(extensions.queues['maxDequeueCount'], 'at a try a minute, a year').toBeGreaterThan(525_600);
});

/** The texts of the messages whose time has come. */
async function visibleMessages(): Promise<string[]> {
  const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 600 });
  return receivedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString('utf8'));
}

/** A message as the host has received it. */
type Received = { messageId: string; popReceipt: string; text: string };

async function delivered(item: WorkItem): Promise<Received> {
  await queue.clearMessages();
  await queue.sendMessage(encodeWork(item));
  const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 600 });
  const [{ messageId, popReceipt } = { messageId: '', popReceipt: '' }] = receivedMessageItems;
  return { messageId, popReceipt, text: serializeWork(item) };
}

async function trigger({ messageId, popReceipt, text }: Received, dequeueCount: number): Promise<void> {
  await host.trigger(
    'process-job',
    { json: text },
    {
      DequeueCount: { json: String(dequeueCount) },
      Id: { string: messageId },
      PopReceipt: { string: popReceipt },
    },
  );
}

/** The service's own receipt for the message is void now, as the host's is; Azurite tells when it comes up. */
async function invisibleForMs({ messageId, popReceipt }: Received): Promise<number> {
  await expect(queue.updateMessage(messageId, popReceipt)).rejects.toMatchObject({
    code: expect.stringMatching(/^(PopReceiptMismatch|MessageNotFound)$/),
  });
  return postponedForMs();
}

/** What the service asked of the queue when it gave the message back. */
function postponedForMs(): number {
  const path = queues.seen.findLast(({ method }) => method === 'PUT')?.path ?? '';
  return Number(new URL(path, 'http://queue').searchParams.get('visibilitytimeout')) * 1000;
}

function announced(): number {
  return host.logs.filter(({ message }) => message.includes('A person must look')).length;
}
