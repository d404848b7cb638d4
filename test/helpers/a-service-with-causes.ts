import type { LogRow } from '../../src/sandbox/logs-rows.ts';
import { SimulatedLogs } from '../../src/sandbox/simulated-logs.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { failureEvent, aService, nightlyPosting, type ServiceSetup, type TestService } from './a-service.ts';
import { ManualClock } from './manual-clock.ts';
import { overLoopback } from './simulated-logs.ts';

const workspaceId = '7d5a1f0e-6c0b-4f3e-9a51-0f6d3c2e8b14';
const minute = 60_000;

export type ServiceWithCauses = TestService & {
  logs: SimulatedLogs;
  /** Lets a minute pass, runs the job, which fails, delivers the event, and gives its id. */
  fail: (jobId?: string) => Promise<string>;
  /** Adds a text about the job, now unless said otherwise. */
  write: (row?: Partial<LogRow>) => void;
  /** Lets minutes pass, with the work of each. */
  pass: (minutes: number) => Promise<void>;
  passSeconds: (seconds: number) => Promise<void>;
  /** The lines of the job's history about causes, the oldest first. */
  causesInHistory: (jobId?: string) => Promise<{ eventId: string; reason: string }[]>;
};

/** The real service, whose settings name a telemetry, and the stand-in of Log Analytics. */
export async function aServiceWithCauses(
  setup: ServiceSetup = {},
  /** Of Log Analytics in Azure; the public cloud's unless set. */
  address?: string,
): Promise<ServiceWithCauses> {
  const clock = new ManualClock();
  const fno = setup.fno ?? (await startSandbox({ clock, ...setup.sandbox }));
  const logs = await SimulatedLogs.open({
    clock: fno.clock,
    identity: fno.identity,
    knows: [workspaceId],
    ...(address === undefined ? {} : { address }),
  });
  const environments = { default: { orgUrl: fno.orgUrl, telemetry: { workspaceId } } };
  const service = await aService({
    ...setup,
    fno,
    clock: fno.clock,
    jobs: setup.jobs ?? (setup.fno ? [] : [nightlyPosting]),
    settings: { FNO_ORG_URL: '', FNO_ENVIRONMENTS: JSON.stringify(environments), ...setup.settings },
    logAnalytics: overLoopback(logs, address),
  });
  const { jobId: nightly } = nightlyPosting;
  const passInSteps = async (steps: number, ms: number): Promise<void> => {
    for (let passed = 0; passed < steps; passed += 1) {
      if (fno.clock instanceof ManualClock) await fno.clock.advance(ms);
      while ((await service.service.pollWorkQueue()) > 0);
    }
  };
  return {
    ...service,
    logs,
    pass: (minutes) => passInSteps(minutes, minute),
    passSeconds: (seconds) => passInSteps(seconds, 1000),
    fail: async (jobId = nightly) => {
      if (fno.job(jobId).status !== 'Waiting') fno.startNow(jobId, 'person');
      const event = await failureEvent(fno, jobId);
      const { status } = await service.deliver(event);
      if (status > 202) throw new Error(`The event was answered ${status}`);
      return String(JSON.parse(event).EventId);
    },
    write: (row = {}) =>
      logs.add({
        at: fno.clock.now(),
        kind: 'infolog',
        jobId: nightly,
        text: 'Account 4711 is blocked.',
        ...row,
      }),
    causesInHistory: async (jobId = nightly) => {
      const { body } = await service.get(`batch-jobs/${jobId}/history?limit=100`);
      const entries: { kind: string; eventId: string; reason: string }[] = JSON.parse(
        JSON.stringify(body['value']),
      );
      const found = entries.filter(({ kind }) => kind === 'cause').toReversed();
      return found.map(({ eventId, reason }) => ({ eventId, reason }));
    },
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await logs[Symbol.asyncDispose]();
      if (!setup.fno) await fno.stop();
    },
  };
}
