import type { BatchJobKey } from '../../../ports/ledger.ts';

/**
 * All rows of one batch job share a partition, because a transaction cannot span two. The row key's first letter
 * says what a row is: the record, an event or a history entry.
 */
export function partitionOf({ environment, jobId }: BatchJobKey): string {
  return `${encodeKey(environment)}:${jobId}`;
}

/** An environment's shared state has its own partition. No job has such a key. */
export function environmentPartition(environment: string): string {
  return `${encodeKey(environment)}:`;
}

export const environmentRowKey = 's';

export const jobRowKey = 'j';

/** The row that is written to prove that rows can be: nobody reads it. No other partition is without a colon. */
export const proofRow = { partitionKey: 'proof', rowKey: 'w' };

export const eventRowKey = (eventId: string) => `e${encodeKey(eventId)}`;

/** The newest sorts first. */
export const historyRowKey = (tick: number) => `h${String(lastTick - tick).padStart(digits, '0')}`;

const digits = 15;
const lastTick = 10 ** digits - 1;

/** A history entry's `position`. */
export const positionOf = (rowKey: string) => rowKey.slice(1);

/** A position comes from a caller: an invalid one stands for the newest entry. */
export const rowKeyAt = (position: string) => `h${/^\d+$/.test(position) ? position : ''}`;

export const isEvent = "RowKey ge 'e' and RowKey lt 'f'";
export const isHistory = "RowKey ge 'h' and RowKey lt 'i'";

/** Keys may not hold / \ # ? or control characters; quotes and percent signs break addresses. */
export function encodeKey(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]/gu, (char) => `~${char.codePointAt(0)?.toString(16)}~`);
}

/** Reverses `encodeKey`. */
export function decodeKey(key: string): string {
  return key.replaceAll(/~([0-9a-f]{1,6})~/g, (_all, code: string) =>
    String.fromCodePoint(parseInt(code, 16)),
  );
}
