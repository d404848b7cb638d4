import type { LastLook, WatchState } from '../../domain/watch/watch-state.ts';
import { StoreUnavailable } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Part } from './part.ts';

type WatchSettings = { everyMinutes: number | null; withoutEvents: readonly string[] };

/** After so many intervals without a look, the watch stands still. */
const missedLooks = 4;

/**
 * Reports what the watch of an environment last did, in whichever process; null if the watch is off, or the store cannot
 * be read. The texts are public: the log says why a look failed.
 */
export function createWatchHealth(
  { runs, clock, failureTexts }: Pick<Ports, 'runs' | 'clock' | 'failureTexts'>,
  { everyMinutes, withoutEvents }: WatchSettings,
) {
  return async function watchPart(environment: string): Promise<Part | null> {
    if (everyMinutes === null) return null;
    try {
      const state = await runs.readWatch(environment);
      const hasTelemetry = failureTexts(environment) !== null;
      const sendsEvents = !withoutEvents.includes(environment);
      return {
        part: 'watch',
        environment,
        ...healthOf(state, everyMinutes),
        ...(hasTelemetry ? {} : noteOf(state, sendsEvents)),
      };
    } catch (error) {
      if (error instanceof StoreUnavailable) return null;
      throw error;
    }
  };

  function healthOf(
    state: WatchState | null,
    minutes: number,
  ): Pick<Part, 'status' | 'checkedAt' | 'lastFailure'> {
    const look: LastLook | null = state?.lastLook ?? null;
    if (!look) return { status: 'unknown', checkedAt: null, lastFailure: null };
    const { at, problem } = look;
    const isLate = clock.now().getTime() - at.getTime() > missedLooks * minutes * 60_000;
    if (!isLate && problem === null) return { status: 'working', checkedAt: at, lastFailure: null };
    const reason = isLate
      ? `The watch has not looked since ${at.toISOString()}.`
      : 'The last look could not see everything.';
    return { status: 'failing', checkedAt: at, lastFailure: { at, reason } };
  }
}

/** Without its batch history, and without telemetry, nothing shows how the run of a recurring job ended. */
function noteOf(state: WatchState | null, sendsEvents: boolean): { note?: string } {
  if (!state?.history || state.history.entity) return {};
  return {
    note: sendsEvents
      ? 'F&O shows no batch history: lost events of recurring jobs are not found.'
      : 'F&O shows no batch history and sends no events: failures of recurring jobs are not seen.',
  };
}
