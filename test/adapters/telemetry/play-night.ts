import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { failureEvent, type TestService } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const minute = 60_000;

const posting = { jobId: '5637144576', description: 'Nightly posting' };
const invoices = { jobId: '5637144580', description: 'Vendor invoice import' };
const warehouse = { jobId: '5637144584', description: 'Warehouse on-hand report' };
const adHoc = { jobId: '5637144588', description: 'Ad hoc export' };
const payroll = { jobId: '5637144592', description: 'Payroll for ada.lovelace@contoso.com' };
const stock = { jobId: '5637144596', description: 'Stock count' };
const integrations = ['customers', 'products', 'prices', 'orders', 'vendors', 'ledgers'].map(
  (what, index) => ({
    jobId: `563714460${index}`,
    description: `INT ${what}`,
  }),
);

/** The jobs of the night: each kind of decision comes up. */
export const nightJobs: NewBatchJob[] = [
  { ...posting, script: { kind: 'fail-times', times: 2 } },
  ...[invoices, warehouse, adHoc, payroll].map((job) => ({
    ...job,
    script: { kind: 'always-fail' } as const,
  })),
  ...integrations.map((job) => ({ ...job, script: { kind: 'fail-times', times: 1 } as const })),
];

export const nightPolicy = {
  defaults: { maxRetries: 2 },
  jobs: [
    { name: 'Warehouse, only watched', match: { jobId: [warehouse.jobId] }, mode: 'shadow' },
    { name: 'Ad hoc: never', match: { jobId: [adHoc.jobId] }, mode: 'off' },
    { name: 'Stock count', match: { jobId: [stock.jobId] }, expect: { minDuration: 'PT5M' } },
    { name: 'Every job', match: { jobId: '*' } },
  ],
};

/** What must not be shown to anyone. */
export const nightSecrets = [
  'verysecretfunctionkey',
  'ada.lovelace@contoso.com',
  'eyJhbGciOiJIUzI1NiJ9.e30.sig',
];

/**
 * One night on a simulated F&O, by a clock that is moved. In the end: 1 recovery after 2 retries and 6 after 1,
 * 1 exhausted, 1 refused, 1 shadow, 1 ignored, 1 duplicate, and an outage of F&O that opened the circuit breaker.
 */
export async function playNight(service: TestService): Promise<void> {
  const { sandbox, clock } = service;
  if (!(clock instanceof ManualClock)) throw new Error('The night needs a clock that can be moved');
  const key = `?code=${nightSecrets[0]}`;
  const fails = async ({ jobId }: { jobId: string }) =>
    service.deliver(await failureEvent(sandbox, jobId), key);
  const pass = async (ms: number) => {
    for (const end = clock.now().getTime() + ms; clock.now().getTime() < end;) {
      await clock.advance(minute / 4);
      while ((await service.service.pollWorkQueue()) > 0);
    }
  };

  await fails(posting);
  await service.deliver(sandbox.failedEvent(posting.jobId), key);
  await fails(warehouse);
  await fails(adHoc);
  await fails(posting);
  await clock.advance(minute);
  await sandbox.run(posting.jobId);
  await pass(5 * minute);

  for (let failure = 1; failure <= 3; failure++) await fails(invoices);

  const message = `Hold is set, ask ${nightSecrets[1]}; token ${nightSecrets[2]}`;
  sandbox.faults.add({ kind: 'refused', message }, { on: 'action', jobId: payroll.jobId });
  await fails(payroll);

  sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'read', times: 5 });
  for (const job of integrations) await fails(job);
  await pass(20 * minute);
  for (const { jobId } of integrations) {
    if (sandbox.job(jobId).status === 'Waiting') await sandbox.run(jobId);
  }
  await pass(30 * minute);
  await service.service.sweep();
}

/** After the night: the event of a job's failure is lost, and the job is requeued and ends too soon. */
export async function playWatch(service: TestService): Promise<void> {
  const { sandbox, clock } = service;
  if (!(clock instanceof ManualClock)) throw new Error('The watch needs a clock that can be moved');
  const passAndLook = async () => {
    await clock.advance(6 * minute);
    await service.service.watch();
  };
  sandbox.addJob({ ...stock, script: { kind: 'fail-times', times: 1 } });
  await service.service.watch();
  await failureEvent(sandbox, stock.jobId);
  await passAndLook();
  await sandbox.run(stock.jobId);
  await passAndLook();
}
