import { expect, test } from 'vitest';
import { parseBrokers } from '../../src/settings/brokers.ts';
import { readConfig } from '../../src/settings/config.ts';

const connections = { ServiceBusConnection: 'Endpoint=sb://x', EventHubConnection: 'Endpoint=sb://y' };

test('without their settings there are none, whatever connections there are', () => {
  expect(parseBrokers(connections)).toEqual({ brokers: [], problems: [] });
  expect(parseBrokers({ ...connections, SERVICE_BUS_QUEUE: ' ', EVENT_HUB: '' })).toEqual({
    brokers: [],
    problems: [],
  });
});

test('names stand alone, or one for each environment', () => {
  const { brokers, problems } = parseBrokers({
    ...connections,
    SERVICE_BUS_QUEUE: 'prod=fno/prod, uat=fno/uat',
    SERVICE_BUS_TOPIC: 'fno/events/batch-retry',
    EVENT_HUB: 'prod=hub, uat=hub/uat-group',
  });
  expect(problems).toEqual([]);
  expect(brokers).toEqual([
    {
      kind: 'service-bus-queue',
      functionName: 'service-bus-queue-prod',
      environment: 'prod',
      queue: 'fno/prod',
    },
    {
      kind: 'service-bus-queue',
      functionName: 'service-bus-queue-uat',
      environment: 'uat',
      queue: 'fno/uat',
    },
    {
      kind: 'service-bus-topic',
      functionName: 'service-bus-topic',
      environment: null,
      topic: 'fno/events',
      subscription: 'batch-retry',
    },
    {
      kind: 'event-hub',
      functionName: 'event-hub-prod',
      environment: 'prod',
      hub: 'hub',
      consumerGroup: '$Default',
    },
    {
      kind: 'event-hub',
      functionName: 'event-hub-uat',
      environment: 'uat',
      hub: 'hub',
      consumerGroup: 'uat-group',
    },
  ]);
});

const oneEnvironment = { FNO_ORG_URL: 'https://contoso.operations.dynamics.com' };
const two = {
  FNO_ENVIRONMENTS: '{"prod":{"orgUrl":"https://p.dynamics.com"},"uat":{"orgUrl":"https://u.dynamics.com"}}',
};

test.each([
  [
    'a queue without a connection',
    { ...oneEnvironment, SERVICE_BUS_QUEUE: 'q' },
    /^SERVICE_BUS_QUEUE: found without ServiceBusConnection; .*__fullyQualifiedNamespace/,
  ],
  [
    'an event hub with the connection of Service Bus',
    { ...oneEnvironment, ServiceBusConnection: 'x', EVENT_HUB: 'h' },
    /^EVENT_HUB: found without EventHubConnection;/,
  ],
  [
    'a topic without a subscription',
    { ...oneEnvironment, ...connections, SERVICE_BUS_TOPIC: 'topic' },
    /^SERVICE_BUS_TOPIC: found "topic", expected <topic>\/<subscription>/,
  ],
  [
    'a queue with a blank in its name',
    { ...oneEnvironment, ...connections, SERVICE_BUS_QUEUE: 'a b' },
    /^SERVICE_BUS_QUEUE: found "a b", expected the name of a queue/,
  ],
  [
    'a comma too many',
    { ...oneEnvironment, ...connections, SERVICE_BUS_QUEUE: 'a,' },
    /^SERVICE_BUS_QUEUE: found "", /,
  ],
  [
    'an environment that is not known',
    { ...two, ...connections, SERVICE_BUS_QUEUE: 'dev=q' },
    /^SERVICE_BUS_QUEUE: found the environment dev; expected one of prod, uat\./,
  ],
  [
    'two environments and a name alone',
    { ...two, ...connections, EVENT_HUB: 'hub' },
    /^EVENT_HUB: found no environment; expected one before each name, such as prod=<name>, or "default": true/,
  ],
  [
    'an environment twice',
    { ...two, ...connections, EVENT_HUB: 'prod=a,PROD=b' },
    /found one environment twice/,
  ],
])('%s is a wrong setting on Azure', (_what, settings, message) => {
  const source = { ...settings, RETRY_POLICY: '{"jobs":[]}' };
  expect(() => readConfig(source, 'azure')).toThrow(message);
  expect(readConfig(source, 'local').policy).toEqual([]);
});

test('a name alone is for the environment that is the default', () => {
  const FNO_ENVIRONMENTS = two.FNO_ENVIRONMENTS.replace(
    '"https://u.dynamics.com"',
    '"https://u.dynamics.com","default":true',
  );
  const source = { FNO_ENVIRONMENTS, ...connections, EVENT_HUB: 'hub', RETRY_POLICY: '{"jobs":[]}' };
  expect(readConfig(source, 'azure').environments).toMatchObject([{ isDefault: false }, { isDefault: true }]);
});

test('an environment is recognized without case', () => {
  const source = { ...two, ...connections, EVENT_HUB: 'PROD=hub', RETRY_POLICY: '{"jobs":[]}' };
  expect(readConfig(source, 'azure').environments).toHaveLength(2);
});
