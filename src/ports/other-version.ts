import { StoreUnavailable } from './ledger.ts';

/**
 * The version of all that this program writes into the store, records and work items alike. It reads no other version.
 * Raise it with every change that another version of the program would misread. Until the first release, make the
 * stores of test/upgrade again instead.
 */
export const recordVersion = 2;

/** The store holds something that another version of the program wrote. The service leaves it as it is. */
export class OtherVersion extends StoreUnavailable {}

/** `what` begins a sentence: "The record of batch job 1". Throws OtherVersion. */
export function requireRecordVersion(what: string, found: unknown): void {
  if (found !== recordVersion) throw new OtherVersion(otherVersion(what, found));
}

/** One line for people: what the service found, and what to do. */
export function otherVersion(what: string, found: unknown): string {
  const named = typeof found === 'number' ? `version ${found}` : 'no version';
  const advice = otherVersionAdvice(typeof found === 'number' && found > recordVersion);
  return `${what} has ${named}, and this program reads version ${recordVersion}. ${advice}`;
}

export function otherVersionAdvice(isNewer: boolean): string {
  const todo = isNewer
    ? 'A newer version of the service wrote it: deploy that one again.'
    : 'An older version of the service wrote it: deploy that one again, or begin with an empty store.';
  return `${todo} See "Upgrade and downgrade" in docs/operate/deploy.md.`;
}
