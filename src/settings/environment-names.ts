/** Translates between an environment's name and what the store knows it by. What is not configured stays as it is. */
export type EnvironmentNames = { idOf: (name: string) => string; nameOf: (id: string) => string };

export type NamedOrganization = { name: string; orgUrl: string };

/**
 * What an environment is known by for good: the host of its organization URL in lower case, with the port if it
 * names one. Its name may change.
 */
export function environmentId(orgUrl: string): string {
  return new URL(orgUrl).host.toLowerCase().replace(/\.(?=:|$)/, '');
}

export function environmentNames(environments: readonly NamedOrganization[]): EnvironmentNames {
  const ids = new Map(environments.map(({ name, orgUrl }) => [name, environmentId(orgUrl)]));
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  return { idOf: (name) => ids.get(name) ?? name, nameOf: (id) => names.get(id) ?? id };
}

/** Names the environment of a queue message as the host parsed it. What is no work is left alone. */
export function nameEnvironmentOf(item: unknown, { nameOf }: EnvironmentNames): unknown {
  if (typeof item !== 'object' || item === null || !('environment' in item)) return item;
  return typeof item.environment === 'string' ? { ...item, environment: nameOf(item.environment) } : item;
}
