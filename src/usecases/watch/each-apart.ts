import type { JobId } from '../../domain/job-id.ts';
import { OtherVersion } from '../../ports/other-version.ts';
import type { Ports } from '../../ports/ports.ts';

/** Acts on a job. A record that another version wrote holds up no other job: null then. */
export async function eachApart<Result>(
  { telemetry }: Pick<Ports, 'telemetry'>,
  jobId: JobId,
  act: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof OtherVersion)) throw error;
    telemetry.record({ kind: 'error', message: `The watch leaves batch job ${jobId} as it is.`, error });
    return null;
  }
}
