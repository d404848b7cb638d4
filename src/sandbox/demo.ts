import { sleptThrough } from './activity.ts';
import type { JobScript } from './job-script.ts';
import type { Sandbox } from './sandbox-types.ts';

const nightlyPosting = '5637144576';
const vendorInvoices = '5637144580';
const warehouseReport = '5637144584';
const adHocExport = '5637144588';
const largestId = '9223372036854775806';
const nightlyRound = [
  { jobId: '5637144601', description: 'INT customers' },
  { jobId: '5637144602', description: 'INT products' },
  { jobId: '5637144603', description: 'INT prices' },
];

/** The policy for the demo's jobs. It leads to every kind of decision. */
export const demoPolicy = {
  defaults: { maxRetries: 5, resetAfter: 'P1D' },
  jobs: [
    { name: 'Nightly posting', match: { jobId: [nightlyPosting] }, maxRetries: 3 },
    { name: 'Vendor invoices', match: { jobId: [vendorInvoices] } },
    { name: 'Integrations', match: { description: 'INT *', legalEntity: 'USMF' } },
    { name: 'Warehouse, only watched', match: { description: 'Warehouse *' }, mode: 'shadow' },
  ],
};

/** A job that waits this long for its next night, in ms, is not about to start. */
const nightMs = 24 * 60 * 60 * 1000;

/**
 * Adds the demo's jobs: nightly ones that wait for tomorrow, and one without recurrence, on Hold. `playDemo` starts
 * them earlier. `seed` changes how the nightly rounds end.
 */
export function addDemoJobs(sandbox: Sandbox, seed = 1): void {
  const firstAt = new Date(sandbox.clock.now().getTime() + nightMs);
  const sends = ['failed', 'finished'] as const;
  const addNightly = (jobId: string, description: string, script: JobScript): void =>
    sandbox.addJob({ jobId, description, script, sends, recurrence: { everyMs: nightMs, firstAt } });
  addNightly(nightlyPosting, 'Nightly posting', { kind: 'fail-times', times: 2 });
  addNightly(vendorInvoices, 'Vendor invoice import', { kind: 'always-fail' });
  addNightly(warehouseReport, 'Warehouse on-hand report', { kind: 'always-fail' });
  addNightly(largestId, 'INT archive orders', { kind: 'fail-times', times: 1 });
  for (const [index, { jobId, description }] of nightlyRound.entries()) {
    addNightly(jobId, description, { kind: 'seeded', seed: seed + index, failureRate: 0.4 });
  }
  const script = { kind: 'always-fail' } as const;
  sandbox.addJob({ jobId: adHocExport, description: 'Ad hoc export', script, sends, status: 'Hold' });
}

export interface DemoPace {
  /** The pause between the starts of two jobs; 3000 unless set. */
  staggerMs?: number;
  /** The pause between two nightly rounds; 60,000 unless set. */
  roundMs?: number;
}

/**
 * Starts each job in turn, as its schedule would. Then repeats a nightly round of three jobs, some of which fail:
 * at most 18 events a round under the demo's policy. Needs a sandbox with `autoRun`; resolves when `signal` aborts.
 */
export async function playDemo(sandbox: Sandbox, signal: AbortSignal, pace: DemoPace = {}): Promise<void> {
  const { staggerMs = 3000, roundMs = 60_000 } = pace;
  const pause = (ms: number): Promise<boolean> => sleptThrough(sandbox.clock.sleep(ms, signal), signal);

  const cast = [vendorInvoices, nightlyPosting, adHocExport, warehouseReport, largestId];
  for (let jobIds = cast; ; jobIds = nightlyRound.map(({ jobId }) => jobId)) {
    for (const jobId of jobIds) {
      if (signal.aborted) return;
      if (sandbox.job(jobId).status !== 'Executing') sandbox.startNow(jobId, 'schedule');
      if (!(await pause(staggerMs))) return;
    }
    if (!(await pause(roundMs))) return;
  }
}
