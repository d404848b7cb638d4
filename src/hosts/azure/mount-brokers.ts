import { app, type InvocationContext, output } from '@azure/functions';
import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Service } from '../../service.ts';
import { type Broker, eventHubConnection, serviceBusConnection } from '../../settings/brokers.ts';
import type { MessageOutcome } from '../../usecases/intake/receive-message.ts';
import type { InInvocation } from './mount-functions.ts';

type BrokerPorts = { clock: Clock; telemetry: Announcing; inInvocation: InInvocation };
type Announcing = Pick<Telemetry, 'record'>;
type EventHub = Extract<Broker, { kind: 'event-hub' }>;

/** The blob container for unreadable messages of an event hub, which has no dead-letter queue. */
const deadLetterContainer = 'batch-retry-dead-letters';

/** How often the service may fail on a message of an event hub before the message becomes a dead letter. */
const maxFailures = 5;

/** Registers a function for each queue, subscription and event hub that the settings name. */
export function mountBrokers(
  service: Pick<Service, 'receiveMessage'>,
  brokers: readonly Broker[],
  ports: BrokerPorts,
): void {
  for (const broker of brokers) {
    if (broker.kind === 'event-hub') mountEventHub(service, broker, ports);
    else mountServiceBus(service, broker, ports);
  }
}

/**
 * Messages come as bytes, because the library parses text with JSON.parse, which rounds an int64. The library's
 * types lack `dataType`, but the host knows it: https://github.com/Azure/azure-functions-nodejs-library/issues/72
 */
const asBytes = { cardinality: 'one', dataType: 'binary' } as const;

/**
 * Rejects if the service does not accept the message: Service Bus then redelivers it, and moves it to the
 * dead-letter queue after its last delivery.
 */
function mountServiceBus(
  service: Pick<Service, 'receiveMessage'>,
  broker: Exclude<Broker, EventHub>,
  { clock, telemetry, inInvocation }: BrokerPorts,
): void {
  const take = async (message: unknown, { triggerMetadata }: InvocationContext) => {
    const deliveries = Number(triggerMetadata?.['deliveryCount'] ?? 1);
    const outcome = await service.receiveMessage(message, broker.environment);
    if (outcome.kind === 'taken') return;
    if (outcome.kind !== 'unreadable') await clock.sleep(pauseMs(deliveries));
    else if (deliveries <= 1) {
      announce(telemetry, broker, outcome, 'It is dead-lettered after its last delivery.');
    }
    throw new Error(outcome.reason);
  };
  const options = {
    ...asBytes,
    connection: serviceBusConnection,
    handler: (message: unknown, context: InvocationContext) =>
      inInvocation(context, () => take(message, context)),
  };
  if (broker.kind === 'service-bus-queue') {
    app.serviceBusQueue(broker.functionName, { ...options, queueName: broker.queue });
  } else {
    const { topic: topicName, subscription: subscriptionName } = broker;
    app.serviceBusTopic(broker.functionName, { ...options, topicName, subscriptionName });
  }
}

/**
 * Rejects only to have the message redelivered. Without a retry policy the host would move on to the next message;
 * with this one it stays until the service accepts this one.
 */
function mountEventHub(
  service: Pick<Service, 'receiveMessage'>,
  broker: EventHub,
  { telemetry, inInvocation }: BrokerPorts,
): void {
  const deadLetters = output.storageBlob({
    path: `${deadLetterContainer}/{DateTime:yyyy-MM-dd}/{rand-guid}.json`,
    connection: 'AzureWebJobsStorage',
  });
  const take = async (message: unknown, { retryContext, extraOutputs }: InvocationContext) => {
    const outcome = await service.receiveMessage(message, broker.environment);
    if (outcome.kind === 'taken') return;
    const isLastTry = outcome.kind === 'failed' && (retryContext?.retryCount ?? 0) >= maxFailures;
    if (outcome.kind !== 'unreadable' && !isLastTry) throw new Error(outcome.reason);
    // The host writes the blob before it moves on. If it cannot, it counts the message as failed.
    extraOutputs.set(deadLetters, message instanceof Uint8Array ? message : JSON.stringify(message));
    announce(telemetry, broker, outcome, `It is kept in the blob container ${deadLetterContainer}.`);
  };
  const options = {
    ...asBytes,
    connection: eventHubConnection,
    eventHubName: broker.hub,
    consumerGroup: broker.consumerGroup,
    retry: {
      strategy: 'exponentialBackoff',
      maxRetryCount: -1,
      minimumInterval: { seconds: 1 },
      maximumInterval: { minutes: 1 },
    } as const,
    extraOutputs: [deadLetters],
    handler: (message: unknown, context: InvocationContext) =>
      inInvocation(context, () => take(message, context)),
  };
  app.eventHub(broker.functionName, options);
}

/** Service Bus does not pause between deliveries, so the function does. The host renews the lock meanwhile. */
function pauseMs(deliveries: number): number {
  return Math.min(1000 * 2 ** deliveries, 120_000);
}

function announce(
  telemetry: Announcing,
  { functionName }: Broker,
  { environment, reason }: Exclude<MessageOutcome, { kind: 'taken' }>,
  kept: string,
): void {
  const told = `A message cannot be read (${functionName}). ${reason} ${kept}`;
  telemetry.record({
    kind: 'announced',
    about: 'dead-letter',
    notificationId: null,
    episode: null,
    environment,
    jobId: null,
    reason: told,
  });
}
