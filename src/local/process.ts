import { SettingsError } from '../config.ts';
import { LedgerUnavailable } from '../ports/ledger.ts';

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

/** Aborts when the process is asked to stop. */
export function untilStopped(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

function explain(error: unknown): unknown {
  if (error instanceof SettingsError || error instanceof LedgerUnavailable) return error.message;
  if (error instanceof Error && 'code' in error && 'port' in error) {
    if (error.code === 'EADDRINUSE')
      return `PORT: found ${String(error.port)}, which is in use; expected a free port.`;
    if (error.code === 'EACCES')
      return `PORT: found ${String(error.port)}, which needs more rights; expected another.`;
  }
  return error;
}
