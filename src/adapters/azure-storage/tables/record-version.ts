import type { Version } from '../../../ports/ledger.ts';

/**
 * What a writer must know of the record it read. The caller passes it back unread, so that a write needs no read of
 * its own.
 */
export type RecordVersion = {
  etag: string;
  /** Whether the list of jobs is known to have the job. */
  isListed: boolean;
  /** The tick of the job's newest history entry: see `nextTick`. */
  tick: number;
  /** The latest events in the record, the newest last. */
  recentEvents: readonly string[];
};

/** One job has fewer failures while a read runs. */
const maxRecentEvents = 32;

export function encodeVersion({ etag, isListed, tick, recentEvents }: RecordVersion): string {
  return JSON.stringify([etag, isListed, tick, ...recentEvents]);
}

export function decodeVersion(version: Version): RecordVersion | null {
  if (version === null) return null;
  const [etag, isListed, tick, ...recentEvents]: unknown[] = parseArray(version);
  return {
    etag: String(etag),
    isListed: isListed === true,
    tick: Number(tick),
    recentEvents: recentEvents.map(String),
  };
}

export function parseArray(json: string): unknown[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value : [];
}

export function withRecent(recentEvents: readonly string[], eventIds: readonly string[]): string[] {
  return [...new Set([...recentEvents.filter((id) => !eventIds.includes(id)), ...eventIds])].slice(
    -maxRecentEvents,
  );
}

/**
 * Places a history entry at its time in ms, but always after the entry before it, whatever the processes' clocks
 * say. Two writers cannot take the same tick, because only one of them has the right version.
 */
export function nextTick(tick: number, at: Date): number {
  return Math.max(tick + 1, at.getTime());
}
