import type { JobScript } from './job-script.ts';
import type { Sandbox } from './sandbox-types.ts';
import { sleptThrough } from './activity.ts';

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

/** The policy that goes with the demo's jobs; every kind of decision comes up under it. */
export const demoPolicy = {
  defaults: { maxRetries: 5, resetAfter: 'P1D' },
  jobs: [
    { name: 'Nightly posting', match: { jobId: [nightlyPosting] }, maxRetries: 3 },
    { name: 'Vendor invoices', match: { jobId: [vendorInvoices] } },
    { name: 'Integrations', match: { description: 'INT *', legalEntity: 'USMF' } },
    { name: 'Warehouse, only watched', match: { description: 'Warehouse *' }, mode: 'shadow' },
  ],
};

/** Adds the demo's cast, on Hold until `playDemo` starts it. `seed` changes how the nightly rounds go. */
export function addDemoJobs(sandbox: Sandbox, seed = 1): void {
  const add = (jobId: string, description: string, script: JobScript, recurring = true): void =>
    sandbox.addJob({ jobId, description, script, recurring, status: 'Hold' });
  add(nightlyPosting, 'Nightly posting', { kind: 'fail-times', times: 2 });
  add(adHocExport, 'Ad hoc export', { kind: 'always-fail' }, false);
  add(vendorInvoices, 'Vendor invoice import', { kind: 'always-fail' });
  add(warehouseReport, 'Warehouse on-hand report', { kind: 'always-fail' });
  add(largestId, 'INT archive orders', { kind: 'fail-times', times: 1 }, false);
  for (const [index, { jobId, description }] of nightlyRound.entries()) {
    add(jobId, description, { kind: 'seeded', seed: seed + index, failureRate: 0.4 });
  }
}

export interface DemoPace {
  /** Between the starts of two jobs; 3000 unless set. */
  staggerMs?: number;
  /** Between two nightly rounds; 60,000 unless set. */
  roundMs?: number;
}

/**
 * Starts each job of the cast in turn, then, for ever, a nightly round of three jobs of which some fail: at
 * most 18 events a round under the demo's policy. For a sandbox with `autoRun`; resolves when `signal` aborts.
 */
export async function playDemo(sandbox: Sandbox, signal: AbortSignal, pace: DemoPace = {}): Promise<void> {
  const { staggerMs = 3000, roundMs = 60_000 } = pace;
  const pause = (ms: number): Promise<boolean> => sleptThrough(sandbox.clock.sleep(ms, signal), signal);

  const cast = [nightlyPosting, adHocExport, vendorInvoices, warehouseReport, largestId];
  for (let jobIds = cast; ; jobIds = nightlyRound.map(({ jobId }) => jobId)) {
    for (const jobId of jobIds) {
      if (signal.aborted) return;
      if (sandbox.job(jobId).status !== 'Executing') sandbox.setStatus(jobId, 'Waiting');
      if (!(await pause(staggerMs))) return;
    }
    if (!(await pause(roundMs))) return;
  }
}
