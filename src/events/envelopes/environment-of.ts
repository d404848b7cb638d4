import type { Sender } from './wrapping.ts';

/** What the settings say of an environment, and of who sends its events. */
export type EnvironmentSenders = {
  name: string;
  organization: string | null;
  eventGridTopic: string | null;
  /** Whether it is meant where nothing names one. */
  isDefault: boolean;
};

export type ChosenEnvironment =
  { kind: 'known'; name: string } | { kind: 'unknown'; found: string; known: string[] };

/**
 * The environment whose sender it is, compared without case: by the organisation, then by the topic. Null if the
 * event does not tell, or if no environment names such senders.
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

/** The environment that is meant where nothing names one: the only one, or the one that is set as the default. */
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
  const match = known.find(({ wanted }) => plain(wanted) === plain(found));
  if (match) return { kind: 'known', name: match.name };
  return {
    kind: 'unknown',
    found: `${by} is ${JSON.stringify(found.slice(0, 300))}`,
    known: known.map(({ name, wanted }) => `${wanted} (${name})`),
  };
}

/** Without what is said differently: the scheme of an organisation's address, and what of a topic it is about. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[#?].*$/, '')
    .replace(/\/+$/, '');
}
