import type { Decision } from '../policy/decision.ts';
import type { Failure } from '../policy/failure.ts';
import { type Progress, takeProgress } from '../policy/take-progress.ts';
import { maxConflicts, tooManyWriters } from './conflicts.ts';
import type { Ports } from './ports.ts';
import { tellDecision, tellDecisions } from './tell-decisions.ts';
import { writeJob } from './write-job.ts';

/** Takes in that a listed job started, finished or was canceled: its episode may be over. */
export function createReceiveProgress(ports: Ports) {
  return async function receiveProgress(
    environment: string,
    progress: Progress,
    event: Failure,
  ): Promise<Decision> {
    const key = { environment, jobId: event.jobId };
    for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
      const { job, version } = await ports.ledger.read(key, null);
      const taken = job && takeProgress(job, progress, event, ports.clock.now());
      if (!taken)
        return ignored(environment, event, `The job ${said(progress)}, which changes nothing here.`);

      const written = await writeJob(ports, key, version, taken.job, taken.decided);
      if (written.kind === 'conflict') continue;
      tellDecisions(ports, environment, taken.decided);
      const isOver = taken.decided.length > 0;
      const what = isOver ? ': its run of failures is over.' : ', which changes nothing here.';
      return ignored(environment, event, `The job ${said(progress)}${what}`);
    }
    throw tooManyWriters(event);
  };

  function ignored(environment: string, event: Failure, reason: string): Decision {
    return tellDecision(ports, environment, event, { decision: 'ignored', retry: null, dueAt: null, reason });
  }
}

function said(progress: Progress): string {
  return progress === 'canceled' ? 'was canceled' : progress;
}
