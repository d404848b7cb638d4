import type { NightFno } from './night-fno.ts';
import type { NightServices } from './night-services.ts';
import { ownerOfPort } from './owner-of-port.ts';

/** `port`: on which the process listened that was killed. */
export type Killed = { port: number; jobId: string };

/**
 * Kills the process whose requeue F&O has just accepted, before it learns the answer. `isWanted` chooses the job: of
 * one that recurs, nothing but a newer run proves that the requeue arrived.
 */
export function killInMidRequest(
  { sandbox, holdNextRequeue }: NightFno,
  services: NightServices,
  isWanted: (jobId: string) => boolean,
): Promise<Killed> {
  const fnoPort = Number(new URL(sandbox.orgUrl).port);
  return new Promise((resolve) => {
    const killWhoAsks = (): void =>
      holdNextRequeue((jobId) => {
        const asked = sandbox.requests.findLast((one) => one.route === 'action' && one.jobId === jobId);
        const pid = ownerOfPort(asked?.clientPort ?? 0, fnoPort, services.pids);
        // Nobody may wait for the answer any more.
        if (pid === null || !isWanted(jobId)) killWhoAsks();
        else resolve({ port: services.kill(pid), jobId });
      });
    killWhoAsks();
  });
}
