import type { BatchJobKey } from '../../../ports/ledger.ts';

/**
 * All rows of one batch job are in one partition, since a transaction cannot span two: its record, one row per
 * event and one per history entry, told apart by the first letter of the row key.
 */
export function partitionOf({ environment, jobId }: BatchJobKey): string {
  return `${encodeKey(environment)}:${jobId}`;
}

/** What is shared about an environment is in a partition of its own. No job has such a key. */
export function environmentPartition(environment: string): string {
  return `${encodeKey(environment)}:`;
}

export const environmentRowKey = 's';

export const jobRowKey = 'j';

export const eventRowKey = (eventId: string) => `e${encodeKey(eventId)}`;

/** The newest sorts first. */
export const historyRowKey = (tick: number) => `h${String(lastTick - tick).padStart(digits, '0')}`;

const digits = 15;
const lastTick = 10 ** digits - 1;

/** What a history entry's `position` is. */
export const positionOf = (rowKey: string) => rowKey.slice(1);

/** A position comes from outside: what is none is taken for the newest. */
export const rowKeyAt = (position: string) => `h${/^\d+$/.test(position) ? position : ''}`;

export const isEvent = "RowKey ge 'e' and RowKey lt 'f'";
export const isHistory = "RowKey ge 'h' and RowKey lt 'i'";

/** Keys may not hold / \ # ? or control characters; quotes and percent signs are trouble in addresses. */
export function encodeKey(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/gu, (char) => `~${char.codePointAt(0)?.toString(16)}~`);
}

/** What `encodeKey` made a key of. */
export function decodeKey(key: string): string {
  return key.replaceAll(/~([0-9a-f]{1,6})~/g, (_all, code: string) =>
    String.fromCodePoint(parseInt(code, 16)),
  );
}
