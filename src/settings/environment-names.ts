/** Translates between an environment's name and its id in the store. Leaves an unconfigured one as it is. */
export type EnvironmentNames = { idOf: (name: string) => string; nameOf: (id: string) => string };

export type NamedOrganization = { name: string; orgUrl: string };

/**
 * An environment's permanent id, whatever its name: the host of its organization URL in lower case, with the port
 * if the URL has one.
 */
export function environmentId(orgUrl: string): string {
  return new URL(orgUrl).host.toLowerCase().replace(/\.(?=:|$)/, '');
}

export function environmentNames(environments: readonly NamedOrganization[]): EnvironmentNames {
  const ids = new Map(environments.map(({ name, orgUrl }) => [name, environmentId(orgUrl)]));
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  return { idOf: (name) => ids.get(name) ?? name, nameOf: (id) => names.get(id) ?? id };
}

/**
 * Replaces the environment's id by its name in a queue message that the host has parsed. Leaves other values as
 * they are.
 */
export function nameEnvironmentOf(item: unknown, { nameOf }: EnvironmentNames): unknown {
  if (typeof item !== 'object' || item === null || !('environment' in item)) return item;
  return typeof item.environment === 'string' ? { ...item, environment: nameOf(item.environment) } : item;
}
