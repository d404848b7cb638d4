import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { aFailure, everyJob, nightlyPosting, readAnswer } from '../helpers/a-service.ts';
import { startAzurite } from '../helpers/azurite.ts';
import { type FunctionsHost, startFunctionsHost } from '../helpers/functions-host.ts';

const jobId = '9223372036854775807';

let azurite: Awaited<ReturnType<typeof startAzurite>>;
let sandbox: Sandbox;
let host: FunctionsHost;

beforeAll(async () => {
  azurite = await startAzurite();
  sandbox = await startSandbox();
  sandbox.addJob({ ...nightlyPosting, jobId });
  vi.stubEnv('FNO_ORG_URL', sandbox.orgUrl);
  vi.stubEnv('RETRY_POLICY', JSON.stringify(everyJob));
  vi.stubEnv('AzureWebJobsStorage', azurite.connectionString());
  vi.stubEnv('SERVICE_BUS_QUEUE', 'batch-events');
  vi.stubEnv('ServiceBusConnection__fullyQualifiedNamespace', 'contoso.servicebus.windows.net');
  vi.stubEnv('EventHubConnection', 'Endpoint=sb://contoso.servicebus.windows.net/');
  for (const [name, value] of Object.entries(sandbox.identityEnvironment)) vi.stubEnv(name, value);
  host = await startFunctionsHost(() => import('../../src/functions/main.ts'));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await host.close();
  await sandbox.stop();
  await azurite.stop();
});

test("with Azure Storage the queue's trigger takes jobs up; only the broker that is named has a function", () => {
  const others = host.functions.filter(({ trigger }) => trigger.type !== 'httpTrigger');
  expect(others.map(({ name, trigger }) => ({ ...trigger, name }))).toMatchObject([
    {
      name: 'take-up-job',
      type: 'queueTrigger',
      queueName: 'batch-retry-work',
      connection: 'AzureWebJobsStorage',
    },
    { name: 'sweep', type: 'timerTrigger' },
    { name: 'forget-old', type: 'timerTrigger' },
    { name: 'service-bus-queue', type: 'serviceBusTrigger', queueName: 'batch-events', dataType: 'binary' },
  ]);
});

test('a deferred job is requeued by the message that the webhook left in the queue, digit for digit', async () => {
  const event = await aFailure(sandbox, jobId);
  sandbox.faults.add({ kind: 'throttled', retryAfter: 1 }, { on: 'action' });
  const answer = await readAnswer(
    await fetch(`${host.url}/business-events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: event,
    }),
  );
  expect(answer).toMatchObject({ status: 202, body: { decision: 'deferred', jobId } });
  await expect
    .poll(() => Date.now() > Date.parse(String(answer.body['dueAt'])), { timeout: 3000 })
    .toBe(true);

  const message = { environment: 'default', jobId, dueAt: new Date().toISOString() };
  await host.trigger('take-up-job', { json: JSON.stringify(message) }, { DequeueCount: { json: '1' } });

  expect(sandbox.requeues(jobId)).toBe(1);
  const history = await readAnswer(await fetch(`${host.url}/batch-jobs/${jobId}/history`));
  expect(history.body).toMatchObject({ value: [{ decision: 'requeued' }, { decision: 'deferred' }] });
});

test('an event from Service Bus is decided, and logged to its invocation', async () => {
  const another = '9223372036854775806';
  sandbox.addJob({ ...nightlyPosting, jobId: another });
  const event = await aFailure(sandbox, another);

  await host.trigger('service-bus-queue', { bytes: Buffer.from(event) }, { DeliveryCount: { int: 1 } });

  expect(sandbox.requeues(another)).toBe(1);
  expect(host.logs.at(-1)).toMatchObject({
    functionName: 'service-bus-queue',
    message: expect.stringContaining(`"decision":"requeued","environment":"default","jobId":"${another}"`),
  });
});

test('a message that is no work fails, so that the platform sets it aside, which is announced at the last try', async () => {
  for (const tries of [1, 2, 3, 4, 5]) {
    expect(announced()).toBe(0);
    const metadata = { DequeueCount: { json: String(tries) } };
    await expect(host.trigger('take-up-job', { json: '{"jobId":1}' }, metadata)).rejects.toThrow(/no work/);
  }
  expect(announced()).toBe(1);
});

function announced(): number {
  return host.logs.filter(({ message }) => message.includes('A person must look')).length;
}
