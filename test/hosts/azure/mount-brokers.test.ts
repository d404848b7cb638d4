import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { mountBrokers } from '../../../src/hosts/azure/mount-brokers.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { type Announcement, silentTelemetry, type TelemetryEvent } from '../../../src/ports/telemetry.ts';
import { testEvent } from '../../../src/sandbox/business-events.ts';
import { createService } from '../../../src/service.ts';
import { parseBrokers } from '../../../src/settings/brokers.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { type FunctionsHost, startFunctionsHost } from '../../helpers/functions-host.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { aroundLedger } from '../../proof/around-ports.ts';
import { aReplaceableService } from '../replaceable-service.ts';

const { jobId } = nightlyPosting;

const settings = {
  SERVICE_BUS_QUEUE: 'batch-events',
  SERVICE_BUS_TOPIC: 'business-events/batch-retry',
  ServiceBusConnection__fullyQualifiedNamespace: 'contoso.servicebus.windows.net',
  EVENT_HUB: 'default=batch-hub',
  EventHubConnection: 'Endpoint=sb://contoso.servicebus.windows.net/;EntityPath=batch-hub',
};
const functionNames = ['service-bus-queue', 'service-bus-topic', 'event-hub-default'];

const telemetry = { ...silentTelemetry, record: vi.fn<(event: TelemetryEvent) => void>() };
const clock = new ManualClock();
/** The service while the settings are wrong. */
function aMisconfigured() {
  return createService(telemetry, () =>
    Promise.resolve({ kind: 'misconfigured', reason: 'STORE: found nothing.' }),
  );
}

const replaceable = aReplaceableService(aMisconfigured());

let host: FunctionsHost;
let service: TestService;
let isStoreLost = false;
let isBroken = false;

beforeAll(async () => {
  host = await startFunctionsHost(async () => {
    const { app } = await import('@azure/functions');
    app.setup({ enableHttpStream: true });
    mountBrokers(replaceable, parseBrokers(settings).brokers, {
      clock,
      telemetry,
      inInvocation: (_context, handle) => handle(),
    });
  });
});
afterAll(() => host.close());

beforeEach(async () => {
  isStoreLost = false;
  isBroken = false;
  telemetry.record.mockClear();
  service = await aService({
    wrapLedger: (ledger) =>
      aroundLedger(ledger, async (_verb, act) => {
        if (isStoreLost) throw new StoreUnavailable('The disk is full.');
        if (isBroken) throw new Error('a bug');
        return act();
      }),
  });
  replaceable.use(service.service);
  return () => service[Symbol.asyncDispose]();
});

test('each is a function on the trigger of its kind, with bytes for a message', () => {
  expect(host.functions.map(({ name, trigger }) => ({ ...trigger, functionName: name }))).toMatchObject([
    {
      functionName: 'service-bus-queue',
      type: 'serviceBusTrigger',
      queueName: 'batch-events',
      connection: 'ServiceBusConnection',
      cardinality: 'one',
      dataType: 'binary',
    },
    {
      functionName: 'service-bus-topic',
      type: 'serviceBusTrigger',
      topicName: 'business-events',
      subscriptionName: 'batch-retry',
      connection: 'ServiceBusConnection',
      dataType: 'binary',
    },
    {
      functionName: 'event-hub-default',
      type: 'eventHubTrigger',
      eventHubName: 'batch-hub',
      consumerGroup: '$Default',
      connection: 'EventHubConnection',
      cardinality: 'one',
      dataType: 'binary',
    },
  ]);
});

test('an event hub is stayed at until a message is taken, and has a blob for what cannot be read', () => {
  const [hub] = host.functions.filter(({ name }) => name === 'event-hub-default');
  expect(hub?.retryOptions).toMatchObject({
    retryStrategy: 'exponentialBackoff',
    maxRetryCount: -1,
    minimumInterval: { seconds: 1 },
    maximumInterval: { seconds: 60 },
  });
  expect(Object.values(hub?.bindings ?? {})).toContainEqual(
    expect.objectContaining({
      type: 'blob',
      direction: 'out',
      path: 'batch-retry-dead-letters/{DateTime:yyyy-MM-dd}/{rand-guid}.json',
      connection: 'AzureWebJobsStorage',
    }),
  );
});

test.each(functionNames)(
  '%s: the event of a failed job requeues it, digit for digit',
  async (functionName) => {
    const largest = '9223372036854775807';
    service.sandbox.addJob({ ...nightlyPosting, jobId: largest });

    expect(await deliver(functionName, await failureEvent(service, largest))).toEqual([]);

    expect(service.sandbox.requeues(largest)).toBe(1);
    const sent = service.sandbox.requests.filter(({ route }) => route === 'action');
    expect(sent.map(({ rawBody }) => rawBody)).toEqual([`{"batchJobId":${largest}}`]);
    expect(announcements()).toEqual([]);
  },
);

test.each(functionNames)('%s: a message that is delivered twice requeues once', async (functionName) => {
  const event = await failureEvent(service);
  await deliver(functionName, event);
  await deliver(functionName, event, { deliveries: 2 });
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test.each(functionNames)('%s: an array of events and the test event are taken', async (functionName) => {
  await deliver(functionName, `[${await failureEvent(service)}]`);
  await deliver(functionName, testEvent.text);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(announcements()).toEqual([]);
});

const unreadable: [what: string, message: string, reason: RegExp][] = [
  ['text', 'admin@example.com', /The body is not JSON\. /],
  ['nothing', '', /The body is not JSON\. /],
  ['no event', '{"a":1}', /The event breaks its schema: \/BusinessEventId is required/],
  ['more than 1 MiB', ' '.repeat(1024 * 1024 + 1), /The body is too large/],
];

test.each(unreadable)(
  'Service Bus keeps a message that is %s by dead-lettering it, and it is announced once',
  async (_what, message, reason) => {
    for (let deliveries = 1; deliveries <= 3; deliveries++) {
      await expect(deliver('service-bus-queue', message, { deliveries })).rejects.toThrow(/The (body|event)/);
    }
    expect(announcements()).toMatchObject([
      { about: 'dead-letter', environment: 'default', jobId: null, reason: expect.stringMatching(reason) },
    ]);
    expect(announcements()[0]?.reason).toMatch(
      /\(service-bus-queue\).* It is dead-lettered after its last delivery\.$/,
    );
    expect(announcements()[0]?.reason).not.toContain('@');
  },
);

test.each(unreadable)(
  'a message of an event hub that is %s is kept as a blob, announced, and not tried again',
  async (_what, message, reason) => {
    const outputs = await deliver('event-hub-default', message);
    expect(outputs).toEqual([
      { name: expect.stringMatching(/^blob/), data: { bytes: Buffer.from(message) } },
    ]);
    expect(announcements()).toMatchObject([
      { about: 'dead-letter', environment: 'default', jobId: null, reason: expect.stringMatching(reason) },
    ]);
    expect(announcements()[0]?.reason).toMatch(
      /It is kept in the blob container batch-retry-dead-letters\.$/,
    );
  },
);

test('one event of an array that cannot be read does not lose the others', async () => {
  const message = `[${await failureEvent(service)},{"BusinessEventId":"BatchJobFailedBusinessEvent"}]`;
  expect(await deliver('event-hub-default', message)).toHaveLength(1);
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(announcements()).toMatchObject([{ reason: expect.stringContaining('/JobId is required') }]);
});

test('while the store is lost Service Bus delivers again, each time after a longer pause, and then the job is requeued', async () => {
  const event = await failureEvent(service);
  isStoreLost = true;
  for (const [deliveries, pauseMs] of [
    [1, 2000],
    [3, 8000],
    [10, 120_000],
  ] as const) {
    const delivered = deliver('service-bus-queue', event, { deliveries });
    const settled = vi.fn<() => void>();
    delivered.catch(settled);
    await expect.poll(() => clock.asleep).toBe(1);
    await clock.advance(pauseMs - 1);
    expect(settled).not.toHaveBeenCalled();
    await clock.advance(1);
    await expect(delivered).rejects.toThrow(/The store cannot be reached/);
  }
  isStoreLost = false;
  await deliver('service-bus-queue', event, { deliveries: 11 });
  expect(service.sandbox.requeues(jobId)).toBe(1);
  expect(announcements()).toEqual([]);
});

test('while the store is lost an event hub is stayed at, however often it fails', async () => {
  const event = await failureEvent(service);
  isStoreLost = true;
  for (const retries of [0, 5, 1000]) {
    await expect(deliver('event-hub-default', event, { retries })).rejects.toThrow(
      /The store cannot be reached/,
    );
  }
  isStoreLost = false;
  expect(await deliver('event-hub-default', event, { retries: 1001 })).toEqual([]);
  expect(service.sandbox.requeues(jobId)).toBe(1);
});

test('a message of an event hub that the service fails on does not stop those after it for good', async () => {
  const event = await failureEvent(service);
  isBroken = true;
  for (const retries of [0, 4]) {
    await expect(deliver('event-hub-default', event, { retries })).rejects.toThrow(/The service failed/);
  }
  expect(await deliver('event-hub-default', event, { retries: 5 })).toEqual([
    { name: expect.any(String), data: { bytes: Buffer.from(event) } },
  ]);
  expect(announcements()).toMatchObject([
    { about: 'dead-letter', reason: expect.stringContaining('The service failed') },
  ]);
});

test('a message that the host has parsed is not trusted, because its digits may be lost', async () => {
  const parsed = { json: await failureEvent(service) };
  await expect(host.trigger('service-bus-queue', parsed)).rejects.toThrow(/digits/);
  const [kept] = await host.trigger('event-hub-default', parsed);

  expect(kept).toMatchObject({ data: { string: expect.stringContaining('"BatchJobFailedBusinessEvent"') } });
  const reason = expect.stringContaining('digits');
  expect(announcements()).toMatchObject([
    { about: 'dead-letter', reason },
    { about: 'dead-letter', reason },
  ]);
  expect(service.sandbox.requests.filter(({ route }) => route === 'action')).toEqual([]);
});

test('while the settings are wrong a message is delivered again', async () => {
  replaceable.use(aMisconfigured());
  await expect(deliver('event-hub-default', await failureEvent(service))).rejects.toThrow(
    'STORE: found nothing.',
  );
});

function deliver(functionName: string, message: string, { deliveries = 1, retries = 0 } = {}) {
  return host.trigger(
    functionName,
    { bytes: Buffer.from(message) },
    { DeliveryCount: { int: deliveries } },
    { retryCount: retries, maxRetryCount: -1 },
  );
}

function announcements(): Announcement[] {
  return telemetry.record.mock.calls.flatMap(([event]) => (event.kind === 'announced' ? [event] : []));
}
