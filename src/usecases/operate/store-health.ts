import { OtherVersion } from '../../ports/other-version.ts';
import type { Ports } from '../../ports/ports.ts';
import type { WorkQueue } from '../../ports/work-queue.ts';
import { failed, neverTried, type Part, type PartHealth, type PartName, worked } from './part.ts';

/** How long one process waits, in ms, before this route writes again to a store that works: anybody may call it. */
const writeAgainAfterMs = 10_000;

type StorePorts = Pick<Ports, 'ledger' | 'queue' | 'clock' | 'telemetry'>;

/** Checks the store and its work queue: reads both each time, and writes to both now and then. */
export function createStoreHealth({ ledger, queue, clock, telemetry }: StorePorts) {
  const parts = new Map<PartName, PartHealth>();
  const writtenAtMs = new Map<PartName, number>();

  return function checkStore(): Promise<Part[]> {
    return Promise.all([
      tryPart('store', async () => {
        await ledger.list(null, 1, null);
        await proveWritable('store', ledger);
      }),
      tryPart('work-queue', async () => {
        await queue.listDeadLetters(1);
        await proveWritable('work-queue', queue);
      }),
    ]);
  };

  async function proveWritable(part: PartName, written: Pick<WorkQueue, 'proveWritable'>): Promise<void> {
    const isFailing = parts.get(part)?.status === 'failing';
    if (!isFailing && clock.uptimeMs() - (writtenAtMs.get(part) ?? -Infinity) < writeAgainAfterMs) return;
    try {
      await written.proveWritable();
    } catch (error) {
      throw new NotWritable('It can be read, but not written.', { cause: error });
    }
    writtenAtMs.set(part, clock.uptimeMs());
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
