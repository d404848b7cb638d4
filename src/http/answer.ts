import { StoreUnavailable } from '../ports/ledger.ts';
import { OtherVersion } from '../ports/other-version.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { Problem, problemDetails, problemResponse } from './problem.ts';

/** Answers a request whatever happens in handling it: the one place where a thrown thing becomes a problem. */
export async function answer(telemetry: Telemetry, handle: () => Promise<Response>): Promise<Response> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof Problem) return problemResponse(error.details);
    if (error instanceof OtherVersion) {
      telemetry.error('The store holds something of another version.', error);
      return problemResponse(problemDetails('store-unavailable', error.message));
    }
    if (error instanceof StoreUnavailable) {
      telemetry.error('The store cannot be reached.', error);
      return problemResponse(problemDetails('store-unavailable', 'Try again in a moment.'));
    }
    telemetry.error('A request failed.', error);
    return problemResponse(problemDetails('internal-error', 'The cause is in the log of the service.'));
  }
}
