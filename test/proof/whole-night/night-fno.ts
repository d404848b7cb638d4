import type { Happening } from '../../../src/sandbox/happening.ts';
import { losesAtRate } from '../../../src/sandbox/lost-events.ts';
import { SimulatedLogs } from '../../../src/sandbox/simulated-logs.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox-types.ts';
import type { NightPlan } from './night-record.ts';

const minute = 60_000;
const workspaceId = '7d5a1f0e-6c0b-4f3e-9a51-0f6d3c2e8b14';

/** How long after a run ended its last row is in Log Analytics. */
const telemetryAfterMs = 4 * minute;

/** The event of a job's nth run. */
type SentEvent = { jobId: string; run: number; eventId: string; isLost: boolean };

export type NightFno = {
  sandbox: Sandbox;
  logs: SimulatedLogs | null;
  failedEvents: SentEvent[];
  /** What to set so that a service finds this F&O, and its telemetry. */
  settings: Record<string, string>;
  /** Calls `act` when F&O has accepted the next requeue, before it answers: the answer takes five seconds. */
  holdNextRequeue: (act: (jobId: string) => void) => void;
};

/** F&O by the clock of this process, with a batch history and with telemetry as the plan says. */
export async function openNightFno(plan: NightPlan): Promise<NightFno> {
  const failedEvents: SentEvent[] = [];
  const loses = losesAtRate(plan.lostRate ?? 1, plan.seed);
  const telling: { logs: SimulatedLogs | null; held: ((jobId: string) => void) | null } = {
    logs: null,
    held: null,
  };
  const sandbox = await startSandbox({
    autoRun: { pickupMs: minute / 2, runMs: 5 * minute },
    history: plan.hasHistory ? { writtenAfterMs: 20_000 } : null,
    pageSize: 1000,
    events: {
      lose: (event) => {
        const { jobId, eventId } = event;
        const isLost = loses(event);
        if (event.kind === 'failed')
          failedEvents.push({ jobId, eventId, isLost, run: sandbox.job(jobId).runs.length - 1 });
        return isLost;
      },
    },
    onHappening: (happening) => {
      if (telling.logs) writeTelemetry(telling.logs, happening);
      if (happening.kind !== 'requeue-accepted' || !telling.held) return;
      const act = telling.held;
      telling.held = null;
      act(happening.jobId);
    },
  });
  const { clock, identity, orgUrl } = sandbox;
  if (plan.hasTelemetry) telling.logs = await SimulatedLogs.open({ clock, identity, knows: [workspaceId] });
  const environment = { orgUrl, ...(plan.hasTelemetry ? { telemetry: { workspaceId } } : {}) };
  return {
    sandbox,
    logs: telling.logs,
    failedEvents,
    settings: {
      FNO_ENVIRONMENTS: JSON.stringify({ default: environment }),
      ...sandbox.identityEnvironment,
    },
    holdNextRequeue: (act) => {
      sandbox.faults.add({ kind: 'delay', ms: 5000, acts: 'first' }, { on: 'action' });
      telling.held = act;
    },
  };
}

/** F&O's telemetry of a run: its one task starts, and finishes or fails with a text. */
function writeTelemetry(logs: SimulatedLogs, happening: Happening): void {
  const { at, kind } = happening;
  if (kind !== 'job-started' && kind !== 'job-finished' && kind !== 'job-failed') return;
  const { jobId } = happening;
  const row = { at, jobId, arrivesAfterMs: telemetryAfterMs };
  if (kind === 'job-started') logs.add({ ...row, kind: 'BatchTaskStart' });
  else if (kind === 'job-finished') logs.add({ ...row, kind: 'BatchTaskFinished' });
  else {
    const text = `Account ${jobId.slice(-2)} is blocked.`;
    logs.add({ ...row, kind: 'infolog', text });
    logs.add({ ...row, kind: 'BatchTaskFailure', text });
  }
}
