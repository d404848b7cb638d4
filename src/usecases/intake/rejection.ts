import type { Violation } from '../../events/schema-validator.ts';

/** Why the service rejects a delivery, or an event of it. It would reject a redelivery, too. */
export type Rejection = {
  kind: 'not-json' | 'too-large' | 'invalid-event' | 'unknown-environment' | 'environment-not-named';
  detail: string;
  /** Where in the body, as JSON pointers, and what is wrong there. */
  errors?: readonly Violation[];
};

/** Each kind in a sentence. */
export const rejectionTitles: Readonly<Record<Rejection['kind'], string>> = {
  'not-json': 'The body is not JSON',
  'too-large': 'The body is too large',
  'invalid-event': 'The event breaks its schema',
  'unknown-environment': 'No such environment is configured',
  'environment-not-named': 'The environment is not named',
};

/** How many violations of one event an answer shows, at most. */
const maxShown = 20;

/** `inside` is where in the body the event is. */
export function invalidEvent(inside: string, violations: readonly Violation[]): Rejection {
  const errors = violations
    .slice(0, maxShown)
    .map(({ pointer, message }) => ({ pointer: `${inside}${pointer}`, message }));
  const detail = errors.map(({ pointer, message }) => `${pointer || 'The event'} ${message}`).join('; ');
  return { kind: 'invalid-event', detail: `${detail}.`, errors };
}

export function unknownEnvironment(found: string, known: readonly string[]): Rejection {
  return { kind: 'unknown-environment', detail: `${found}; known are: ${known.join(', ')}.` };
}

/** `how` returns the way in which the sender can name an environment. */
export function environmentNotNamed(
  environments: readonly { name: string }[],
  how: (name: string) => string,
): Rejection {
  const names = environments.map(({ name }) => name);
  const detail =
    `Several environments are configured (${names.join(', ')}), and job ids are alike in all: name one, such as ` +
    `${how(names[0] ?? '')}, or set "default": true for one of them in FNO_ENVIRONMENTS.`;
  return { kind: 'environment-not-named', detail };
}
