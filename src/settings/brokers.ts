/**
 * A queue, topic or event hub that brings events, beside the webhook. `environment` is null for the only one, or
 * the default.
 */
export type Broker = { functionName: string; environment: string | null } & (
  | { kind: 'service-bus-queue'; queue: string }
  | { kind: 'service-bus-topic'; topic: string; subscription: string }
  | { kind: 'event-hub'; hub: string; consumerGroup: string }
);

/**
 * The app settings that hold the connections, in Azure Functions' own form: a connection string or an identity's
 * settings.
 */
export const serviceBusConnection = 'ServiceBusConnection';
export const eventHubConnection = 'EventHubConnection';

type Source = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings that name queues, topics and event hubs. Imports nothing that is slow to load, because the
 * host registers functions first. Returns no brokers if there is a problem.
 */
export function parseBrokers(source: Source): { brokers: Broker[]; problems: string[] } {
  const brokers: Broker[] = [];
  const problems: string[] = [];
  for (const { setting, connection, expected, read } of kinds) {
    const value = source[setting]?.trim();
    if (!value) continue;
    if (!hasConnection(source, connection)) {
      problems.push(
        `${setting}: found without ${connection}; expected that setting to hold a connection string, ` +
          `or ${connection}__fullyQualifiedNamespace for the app's identity.`,
      );
    }
    for (const part of value.split(',')) {
      const [, environment = null, name = ''] = /^(?:([A-Za-z0-9_-]+)=)?(.*)$/.exec(part.trim()) ?? [];
      const found = read(name);
      if (found) brokers.push({ ...found, environment, functionName: nameOf(found.kind, environment) });
      else problems.push(`${setting}: found ${JSON.stringify(part.trim())}, ${expected}.`);
    }
  }
  const names = brokers.map(({ functionName }) => functionName.toLowerCase());
  if (new Set(names).size < names.length) {
    problems.push(
      'SERVICE_BUS_QUEUE, SERVICE_BUS_TOPIC, EVENT_HUB: found one environment twice in one of them.',
    );
  }
  return { brokers: problems.length > 0 ? [] : brokers, problems };
}

/** Checks the brokers' environments: each broker must belong to one, because job ids may be the same in several. */
export function brokerProblems(
  brokers: readonly Broker[],
  environments: readonly { name: string; isDefault: boolean }[],
): string[] {
  const names = environments.map(({ name }) => name);
  const known = new Set(names.map((name) => name.toLowerCase()));
  return brokers.flatMap(({ kind, environment }) => {
    const setting = kinds.find((one) => one.kind === kind)?.setting;
    if (environment === null && names.length > 1 && !environments.some(({ isDefault }) => isDefault)) {
      return [
        `${setting}: found no environment; expected one before each name, such as ${names[0]}=<name>, ` +
          'or "default": true for one in FNO_ENVIRONMENTS.',
      ];
    }
    if (environment === null || known.has(environment.toLowerCase())) return [];
    return [`${setting}: found the environment ${environment}; expected one of ${names.join(', ')}.`];
  });
}

type Found = Broker extends infer One
  ? One extends Broker
    ? Omit<One, 'functionName' | 'environment'>
    : never
  : never;

const entity = '[A-Za-z0-9$][A-Za-z0-9$._-]*';

const kinds: {
  kind: Broker['kind'];
  setting: string;
  connection: string;
  expected: string;
  read: (name: string) => Found | null;
}[] = [
  {
    kind: 'service-bus-queue',
    setting: 'SERVICE_BUS_QUEUE',
    connection: serviceBusConnection,
    expected: 'expected the name of a queue, or <environment>=<queue>',
    read: (queue) =>
      new RegExp(`^${entity}(/${entity})*$`).test(queue) ? { kind: 'service-bus-queue', queue } : null,
  },
  {
    kind: 'service-bus-topic',
    setting: 'SERVICE_BUS_TOPIC',
    connection: serviceBusConnection,
    expected: 'expected <topic>/<subscription>, or <environment>=<topic>/<subscription>',
    read: (name) => {
      const [, topic, subscription] = new RegExp(`^(${entity}(?:/${entity})*)/(${entity})$`).exec(name) ?? [];
      return topic === undefined || subscription === undefined
        ? null
        : { kind: 'service-bus-topic', topic, subscription };
    },
  },
  {
    kind: 'event-hub',
    setting: 'EVENT_HUB',
    connection: eventHubConnection,
    expected: 'expected the name of an event hub, <hub>/<consumer group>, or <environment>=<hub>',
    read: (name) => {
      const [, hub, consumerGroup = '$Default'] =
        new RegExp(`^(${entity})(?:/(${entity}))?$`).exec(name) ?? [];
      return hub === undefined ? null : { kind: 'event-hub', hub, consumerGroup };
    },
  },
];

function nameOf(kind: Broker['kind'], environment: string | null): string {
  return environment === null ? kind : `${kind}-${environment}`;
}

function hasConnection(source: Source, connection: string): boolean {
  return Boolean(source[connection]?.trim() || source[`${connection}__fullyQualifiedNamespace`]?.trim());
}
