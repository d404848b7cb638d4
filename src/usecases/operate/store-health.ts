import { OtherVersion } from '../../ports/other-version.ts';
import type { Ports } from '../../ports/ports.ts';
import { failed, neverTried, type Part, type PartHealth, type PartName, worked } from './part.ts';

/** How long one process waits, in ms, before this route writes again to a store that works: anybody may call it. */
const writeAgainAfterMs = 10_000;

type StorePorts = Pick<Ports, 'ledger' | 'queue' | 'clock' | 'telemetry'>;

/** Checks the store and its work queue: reads both each time, and writes to the store now and then. */
export function createStoreHealth({ ledger, queue, clock, telemetry }: StorePorts) {
  const parts = new Map<PartName, PartHealth>();
  let writtenAtMs = -Infinity;

  return function checkStore(): Promise<Part[]> {
    return Promise.all([tryPart('store', useStore), tryPart('work-queue', () => queue.listDeadLetters(1))]);
  };

  async function useStore(): Promise<void> {
    await ledger.list(null, 1, null);
    const isFailing = parts.get('store')?.status === 'failing';
    if (!isFailing && clock.uptimeMs() - writtenAtMs < writeAgainAfterMs) return;
    try {
      await ledger.proveWritable();
    } catch (error) {
      throw new NotWritable('It can be read, but not written.', { cause: error });
    }
    writtenAtMs = clock.uptimeMs();
  }

  async function tryPart(part: PartName, act: () => Promise<unknown>): Promise<Part> {
    const before = parts.get(part) ?? neverTried;
    let after: PartHealth;
    try {
      await act();
      after = worked(clock.now(), before);
    } catch (error) {
      after = failed(clock.now(), reasonOf(error));
      if (before.status !== 'failing') {
        telemetry.record({ kind: 'error', message: `The ${part} cannot be used.`, error });
      }
    }
    parts.set(part, after);
    return { part, environment: null, ...after };
  }
}

class NotWritable extends Error {
  override readonly name = 'NotWritable';
}

/** This text is public; the log has the details. */
function reasonOf(error: unknown): string {
  if (error instanceof NotWritable) return error.message;
  return error instanceof OtherVersion
    ? 'It holds what another version of the service wrote.'
    : 'It cannot be reached.';
}
