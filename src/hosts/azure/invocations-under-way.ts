import { setTimeout as sleep } from 'node:timers/promises';
import type { InInvocation } from './mount-functions.ts';

/**
 * How long running work may wait for F&O after the notice that the worker ends, in ms. It then goes back to the
 * queue.
 */
const forcefulAfterMs = 2000;

/**
 * How long the worker waits for running work, in ms. The host ends it 5 s after its notice, and the telemetry must
 * be sent within that time too.
 * @see https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Workers/WorkerConstants.cs
 */
const finishWithinMs = 3500;

/** How long the last bytes of an answer may take to reach the caller after its invocation has ended, in ms. */
const lastBytesMs = 100;

export type InvocationsUnderWay = {
  inInvocation: InInvocation;
  /** Aborts when the worker ends and may no longer wait for F&O. */
  forcefulStop: AbortSignal;
  /** Resolves when all running work has ended, or when no time is left. */
  finish: () => Promise<void>;
};

/** Lets running work end before the worker does, as the local host does on SIGTERM. */
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
