import { StoreUnavailable } from '../../ports/ledger.ts';
import { SettingsError } from '../../settings/settings-error.ts';

/** Runs the program. What a person can mend ends it with one clear line; a bug, with its stack. */
export async function exitOnFailure(program: () => Promise<void>): Promise<void> {
  try {
    await program();
    process.exit(0);
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

/** How long what is under way may take once the process is asked to stop; then F&O is not waited for any more. */
const finishMs = 3000;

/** `stopping` aborts when the process is asked to stop, `forcefulStop` when it must not wait for F&O any longer. */
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
