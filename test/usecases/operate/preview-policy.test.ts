import { expect, onTestFinished, test } from 'vitest';
import { openSqlite } from '../../../src/adapters/sqlite/open-sqlite.ts';
import type { PolicyEntry } from '../../../src/domain/retry-policy/retry-policy.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { createPreviewPolicy } from '../../../src/usecases/operate/preview-policy.ts';
import { policy } from '../../domain/job/builders.ts';
import { aChange, aKey, anEntry, aStoredJob } from '../../helpers/stored-records.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const clock = new ManualClock();
const now = clock.now();
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const everyJobEntry: PolicyEntry = {
  ...policy,
  match: { jobIds: '*', description: null, environment: null, legalEntity: null },
};

function aLedger(): Ledger {
  const store = openSqlite(':memory:', clock);
  onTestFinished(store.close);
  return store.ledger;
}

/** A job that failed so often, a minute apart, until a minute ago. */
async function putFailures(ledger: Ledger, jobId: string, count: number, lastMinutesAgo = 1): Promise<void> {
  const key = aKey(jobId);
  const history = Array.from({ length: count }, (_, index) =>
    anEntry(`E${index}`, minutesAgo(lastMinutesAgo + count - 1 - index)),
  );
  const job = aStoredJob(key);
  const failed = { ...job, seen: { ...job.seen, failureAt: minutesAgo(lastMinutesAgo) } };
  await ledger.write(key, null, aChange(failed, { history }));
}

test('of a job with more than 2000 entries the latest 2000 are looked at, and the answer says so', async () => {
  const ledger = aLedger();
  await putFailures(ledger, '1', 2100);
  const previewed = await createPreviewPolicy({ ledger, clock })([everyJobEntry], 30);
  expect(previewed).toMatchObject({
    complete: false,
    failures: 2000,
    jobs: [{ jobId: '1', failures: 2000 }],
  });
});

test('a history that fills its last page, or ends before the time does, is complete', async () => {
  const ledger = aLedger();
  await putFailures(ledger, '1', 400);
  await putFailures(ledger, '2', 500, 24 * 60 - 250);
  const previewed = await createPreviewPolicy({ ledger, clock })([everyJobEntry], 1);
  expect(previewed).toMatchObject({ complete: true, jobs: [{ failures: 400 }, { failures: 251 }] });
});

test('of more than 1000 jobs that failed, the first 1000 are looked at; the histories of others are not read', async () => {
  const ledger = aLedger();
  for (let job = 0; job < 1010; job++) await putFailures(ledger, String(job), 1, job < 5 ? 3 * 24 * 60 : 1);
  let histories = 0;
  const counted: Ledger = Object.assign(Object.create(ledger), {
    list: ledger.list.bind(ledger),
    history: (...asked: Parameters<Ledger['history']>) => {
      histories += 1;
      return ledger.history(...asked);
    },
  });
  const previewed = await createPreviewPolicy({ ledger: counted, clock })([everyJobEntry], 1);
  expect(previewed).toMatchObject({ complete: false, failures: 1000 });
  expect(histories).toBe(1000);
});
