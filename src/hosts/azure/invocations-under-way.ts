import { setTimeout as sleep } from 'node:timers/promises';
import type { InInvocation } from './mount-functions.ts';

/** After this, in ms, F&O is not waited for any longer: what it has not answered is handed back. */
const forcefulAfterMs = 2000;

/**
 * How long the worker is kept for what is under way, in ms. The host ends it 5 s after it said so, and telemetry is
 * sent within that time, too.
 * @see https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Workers/WorkerConstants.cs
 */
const finishWithinMs = 3500;

/** What is still on its way to the caller when an invocation is over, in ms. */
const lastBytesMs = 100;

export type InvocationsUnderWay = {
  inInvocation: InInvocation;
  /** Aborts when the worker ends and may not wait for F&O any longer. */
  forcefulStop: AbortSignal;
  /** Resolves when all that is under way has ended, or when there is no time left. */
  finish: () => Promise<void>;
};

/** Lets what is under way end before the worker does, as the local host does on SIGTERM. */
export function trackInvocations(inInvocation: InInvocation): InvocationsUnderWay {
  const underWay = new Set<Promise<unknown>>();
  const stop = new AbortController();
  return {
    inInvocation: (context, handle) => {
      const running = inInvocation(context, handle);
      const ended = running.catch(() => undefined);
      underWay.add(ended);
      void ended.then(() => underWay.delete(ended));
      return running;
    },
    forcefulStop: stop.signal,
    finish: async () => {
      if (underWay.size === 0) return;
      const forceful = setTimeout(() => stop.abort(), forcefulAfterMs);
      await Promise.race([Promise.all(underWay), sleep(finishWithinMs, undefined, { ref: false })]);
      clearTimeout(forceful);
      await sleep(lastBytesMs);
    },
  };
}
