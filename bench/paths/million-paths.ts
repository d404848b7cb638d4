import { join } from 'node:path';
import pMap from 'p-map';
import { openStore } from '../../src/adapters/open-store.ts';
import { systemClock } from '../../src/adapters/system.ts';
import { newJob } from '../../src/domain/job/batch-job.ts';
import { failureDecision } from '../../src/domain/job/decision.ts';
import { parseJobId } from '../../src/domain/job-id.ts';
import { historyEntry } from '../../src/ports/ledger.ts';
import { silentTelemetry } from '../../src/ports/telemetry.ts';
import { type Contender, service, serviceOnSqlite, type Surroundings } from '../contenders.ts';
import { type Failures, listedDescription } from '../events.ts';
import { ownSources } from '../own-sources.ts';
import { inTurn, type RequestPath } from './measure-requests.ts';

const jobs = 10_000;
const eventsAJob = 100;

/** An empty store against one that holds a million decided events and their history. */
export function millionPaths(filled: Contender): RequestPath[] {
  const empty = serviceOnSqlite('this, SQLite, empty');
  return [
    {
      name: 'million-requeue',
      contenders: [filled, empty],
      events: (failures) => () => failures.listed(),
      expected: () => '"decision":"requeued"',
      requeues: () => true,
    },
    {
      name: 'million-duplicate',
      contenders: [filled, empty],
      before: (failures) => Array.from({ length: 500 }, () => failures.listed()),
      events: (_, before) => inTurn(before),
      expected: () => '"decision":"duplicate"',
      requeues: () => false,
    },
  ];
}

/** The service with a store that holds a million events: written by the store's own code, many in one change. */
export async function serviceWithMillion(
  { folder, fno }: Surroundings,
  failures: Failures,
): Promise<Contender> {
  const file = join(folder, 'million.sqlite');
  const store = await openStore({ kind: 'sqlite', file }, {}, noCredential, systemClock, silentTelemetry);
  const environments = fno.orgUrls.map((url) => new URL(url).host);
  await pMap(
    Array.from({ length: jobs }, () => failures.nextJob()),
    async (id) => {
      const jobId = parseJobId(String(id));
      const environment = environments[id % environments.length];
      if (jobId === null || environment === undefined) throw new Error(`There is no job ${id}.`);
      const at = failures.endedAt;
      const one = {
        jobId,
        description: listedDescription,
        legalEntity: 'USMF',
        endedAt: at,
        controlNumber: null,
      };
      const all = Array.from({ length: eventsAJob }, (_, event) => ({
        ...one,
        eventId: `00000000-0000-4000-8000-${String(event).padStart(12, '0')}`,
      }));
      const job = newJob(environment, one);
      const reason = 'Failure 1 of this episode; F&O set the job to waiting.';
      await store.ledger.write({ environment, jobId }, null, {
        at,
        job,
        eventIds: all.map(({ eventId }) => eventId),
        history: all.map((failure) =>
          historyEntry(failureDecision(job, failure, 'requeued', reason, { retry: 1 }), at),
        ),
      });
    },
    { concurrency: 100 },
  );
  store.close();
  return service('this, SQLite, after 1,000,000 events', ownSources, () => ({ STORE: `sqlite:${file}` }));
}

function noCredential(): Promise<never> {
  return Promise.reject(new Error('SQLite needs no credential.'));
}
