import { parseJobId } from '../domain/job-id.ts';
import type { BatchJobKey } from '../ports/ledger.ts';
import type { UseCases } from '../usecases/use-cases.ts';
import { chooseEnvironment } from './choose-environment.ts';
import { Problem } from './problem.ts';
import type { RouteParams, RouteRequest } from './route.ts';

/** The job that a request's path and `?environment=` name. Throws a Problem. */
export function readKey(useCases: UseCases, request: RouteRequest, params: RouteParams): BatchJobKey {
  const jobId = parseJobId(params['jobId'] ?? '');
  if (jobId === null)
    throw new Problem('invalid-parameter', 'The job id in the path must be a whole number of 64 bits.');
  return { environment: chooseEnvironment(useCases.fnoEnvironments, request), jobId };
}
