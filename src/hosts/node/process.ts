import { StoreUnavailable } from '../../ports/ledger.ts';
import { SettingsError } from '../../settings/settings-error.ts';

/** Runs the program. An error that a person can fix ends it with one clear line; a bug ends it with its stack. */
export async function exitOnFailure(program: () => Promise<void>): Promise<void> {
  try {
    await program();
    process.exit(0);
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

/** How long running work may take after a signal to stop, in ms. After that the process no longer waits for F&O. */
const finishMs = 3000;

/** `stopping` aborts on a signal to stop, `forcefulStop` when the process must no longer wait for F&O. */
export function stopSignals(): { stopping: AbortSignal; forcefulStop: AbortSignal } {
  const stop = new AbortController();
  const forceful = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
      setTimeout(() => forceful.abort(), finishMs).unref();
    });
  }
  return { stopping: stop.signal, forcefulStop: forceful.signal };
}

function explain(error: unknown): unknown {
  if (error instanceof SettingsError || error instanceof StoreUnavailable) return error.message;
  if (error instanceof Error && 'code' in error && 'port' in error) {
    if (error.code === 'EADDRINUSE')
      return `PORT: found ${String(error.port)}, which is in use; expected a free port.`;
    if (error.code === 'EACCES')
      return `PORT: found ${String(error.port)}, which needs more rights; expected another.`;
  }
  return error;
}
