import { StoreUnavailable } from '../ports/ledger.ts';
import { OtherVersion } from '../ports/other-version.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { Problem, problemDetails, problemResponse } from './problem.ts';
import type { RouteAnswer } from './route-answer.ts';

/** Answers a request even if handling it throws: the one place that turns errors into problems. */
export async function answer(telemetry: Telemetry, handle: () => Promise<RouteAnswer>): Promise<RouteAnswer> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof Problem) return problemResponse(error.details);
    if (error instanceof OtherVersion) {
      telemetry.record({ kind: 'error', message: 'The store holds a record of another version.', error });
      return problemResponse(problemDetails('store-unavailable', error.message));
    }
    if (error instanceof StoreUnavailable) {
      telemetry.record({ kind: 'error', message: 'The store cannot be reached.', error });
      return problemResponse(problemDetails('store-unavailable', 'Try again in a moment.'));
    }
    telemetry.record({ kind: 'error', message: 'A request failed.', error });
    return problemResponse(problemDetails('internal-error', 'The cause is in the log of the service.'));
  }
}
