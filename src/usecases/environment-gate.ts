import type { Breaker } from '../policy/circuit-breaker.ts';
import { changesBreaker, type Grant, noteOutcome, requestGrant } from '../policy/environment-state.ts';
import type { SetToWaitingOutcome } from '../policy/outcome.ts';
import { LedgerUnavailable } from '../ports/ledger.ts';
import type { Ports } from './ports.ts';

/** How long a requeue waits when too many ask for leave at once, in ms. */
const crowdedMs = 2000;

/**
 * Asks the environment's circuit breaker and rate limit, which all processes share, for leave to send a requeue.
 * Never rejects: if they cannot be asked, the requeue waits a little.
 */
export async function askForGrant(ports: Ports, environment: string): Promise<Grant> {
  const now = ports.clock.now();
  const crowded: Grant = { kind: 'wait', until: new Date(now.getTime() + crowdedMs), cause: 'crowd' };
  try {
    const granted = await ports.ledger.updateEnvironment(environment, (state) => {
      const asked = requestGrant(state, ports.requeuesPerMinute, now);
      return { state: asked.state, result: asked.grant };
    });
    return granted ?? crowded;
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    ports.telemetry.error(`Leave to send a requeue to ${environment} could not be asked for.`, error);
    return crowded;
  }
}

/**
 * Tells the breaker of an outcome, if it makes a difference to what it was when leave was granted. A store that
 * cannot be reached does not change what became of the request: the breaker then misses one.
 */
export async function tellBreaker(
  ports: Ports,
  environment: string,
  breaker: Breaker,
  outcome: SetToWaitingOutcome,
): Promise<void> {
  const now = ports.clock.now();
  if (!changesBreaker(breaker, outcome, now)) return;
  try {
    await ports.ledger.updateEnvironment(environment, (state) => ({
      state: noteOutcome(state, breaker, outcome, now),
      result: null,
    }));
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    ports.telemetry.error(`The circuit breaker of ${environment} could not be told of an outcome.`, error);
  }
}
