import type { Sender } from './wrapping.ts';

/** An environment in the settings, and the senders of its events. */
export type EnvironmentSenders = {
  name: string;
  organization: string | null;
  eventGridTopic: string | null;
  /** Whether events and requests that name no environment belong to this one. */
  isDefault: boolean;
};

export type ChosenEnvironment =
  { kind: 'known'; name: string } | { kind: 'unknown'; found: string; known: string[] };

/**
 * Finds the environment of a sender, ignoring case: by the organisation first, then by the topic. Null if the event
 * names neither, or if no environment lists such a sender.
 */
export function environmentOf(
  sender: Sender,
  environments: readonly EnvironmentSenders[],
): ChosenEnvironment | null {
  return (
    find('organization', sender.organization, environments) ??
    find('eventGridTopic', sender.topic, environments)
  );
}

/**
 * The environment of events and requests that name none: the only one, or the one that the settings mark as
 * default.
 */
export function defaultEnvironment(
  environments: readonly Pick<EnvironmentSenders, 'name' | 'isDefault'>[],
): string | null {
  const [first, ...others] = environments;
  const chosen = others.length === 0 ? first : environments.find(({ isDefault }) => isDefault);
  return chosen?.name ?? null;
}

function find(
  by: 'organization' | 'eventGridTopic',
  found: string | null,
  environments: readonly EnvironmentSenders[],
): ChosenEnvironment | null {
  const known = environments.flatMap((environment) => {
    const wanted = environment[by];
    return wanted === null ? [] : [{ name: environment.name, wanted }];
  });
  if (found === null || known.length === 0) return null;
  const match = known.find(({ wanted }) => normalized(wanted) === normalized(found));
  if (match) return { kind: 'known', name: match.name };
  return {
    kind: 'unknown',
    found: `${by} is ${JSON.stringify(found.slice(0, 300))}`,
    known: known.map(({ name, wanted }) => `${wanted} (${name})`),
  };
}

/**
 * Drops the parts that senders write differently: the scheme of an organisation's address, and the query or
 * fragment of a topic.
 */
function normalized(text: string): string {
  return text
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[#?].*$/, '')
    .replace(/\/+$/, '');
}
