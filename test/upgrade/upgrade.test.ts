import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordVersion } from '../../src/ports/other-version.ts';
import type { Store } from '../../src/ports/store.ts';
import { callRoute } from '../helpers/a-service.ts';
import { type Azurite, startAzurite } from '../helpers/azurite.ts';
import type { ManualClock } from '../helpers/manual-clock.ts';
import { readKept, restoreAzure, restoreSqlite, type Rewrite } from './restore-store.ts';
import { type UpgradedService, upgradedService } from './upgraded-service.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

type Open = (name: string, clock: ManualClock, rewrite?: Rewrite) => Promise<Store>;

const drivers: [driver: 'sqlite' | 'azure', open: Open][] = [
  ['sqlite', (name, clock, rewrite) => Promise.resolve(restoreSqlite(name, clock, rewrite))],
  ['azure', (name, clock, rewrite) => restoreAzure(name, clock, azurite.connectionString(), rewrite)],
];

const asNewer: Rewrite = (json) =>
  json.replace(`"recordVersion":${recordVersion}`, `"recordVersion":${recordVersion + 1}`);

async function on(
  driver: 'sqlite' | 'azure',
  open: (clock: ManualClock) => Promise<Store>,
  name: string,
  act: (upgraded: UpgradedService) => Promise<void>,
): Promise<void> {
  const upgraded = await upgradedService(readKept(name, driver), open);
  try {
    await act(upgraded);
  } finally {
    await upgraded.stop();
  }
}

const get = async ({ service }: UpgradedService, path: string) =>
  (await callRoute(service, 'GET', path)).body;

describe.each(drivers)('a store that an earlier build wrote, %s', (driver, open) => {
  const current = readKept('current', driver);
  const onCurrent = (act: (upgraded: UpgradedService) => Promise<void>) =>
    on(driver, (clock) => open('current', clock), 'current', act);

  test('is read as that build read it: jobs, histories, subscriptions and dead letters', () =>
    onCurrent(async (upgraded) => {
      expect(await get(upgraded, 'batch-jobs?limit=200')).toEqual(current.answers.jobs);
      for (const [jobId, history] of Object.entries(current.answers.history)) {
        expect(await get(upgraded, `batch-jobs/${jobId}/history?limit=200`)).toEqual(history);
      }
      // One delivery more failed while that build stopped.
      expect(withoutLatest(await get(upgraded, 'subscriptions'))).toBe(
        withoutLatest(current.answers.subscriptions),
      );
      expect(reasons(await get(upgraded, 'dead-letters'))).toEqual(reasons(current.answers.deadLetters));
    }));

  test('goes on where that build stopped: what was due is done, and nothing twice', () =>
    onCurrent(async (upgraded) => {
      const { sandbox, clock, work, notified, lines } = upgraded;
      const wasWaiting = (jobId: string) => current.fno[jobId]?.status === 'Waiting';
      const jobIds = Object.keys(current.fno);
      await work();
      // Followed runs end, and what waited for a permit gets one.
      for (const jobId of jobIds.filter(wasWaiting)) await sandbox.run(jobId);
      for (let minutes = 0; minutes < 10; minutes++) {
        await clock.advance(60_000);
        await work();
      }

      const requeues = Object.fromEntries(jobIds.map((jobId) => [jobId, sandbox.requeues(jobId)]));
      const untouched = { '1004': 0, '1005': 0, '1007': 0 };
      const once = { '1002': 1, '1003': 1, '1006': 1 };
      const others = jobIds
        .filter((jobId) => jobId > '2000')
        .map((jobId) => [jobId, wasWaiting(jobId) ? 0 : 1]);
      // SQLite hands out what is due by our clock; Azurite by its own, so that it hands out some of it later.
      const all = driver === 'sqlite' ? Object.fromEntries(others) : {};
      expect(requeues).toMatchObject({ ...all, ...untouched, ...once });
      expect(Object.values(requeues).filter((count) => count > 1)).toEqual([]);
      const ofJob = notified.filter(({ body }) => JSON.stringify(body).includes('"1005"'));
      expect(
        ofJob.map(({ body }) => JSON.stringify(body)).filter((body) => body.includes('exhausted')),
      ).toHaveLength(1);
      expect(lines.filter((line) => line.includes('fault'))).toEqual([]);
    }));

  test('of which one record has another version goes on for all other jobs', () =>
    on(
      driver,
      (clock) => open('current', clock, (json) => (isRecordOf(json, '1001') ? asNewer(json) : json)),
      'current',
      async (upgraded) => {
        const { service, sandbox, clock, work, lines } = upgraded;
        await service.sweep();
        const line = 'The record of batch job 1001 has version 3';
        expect(lines.filter((one) => one.includes(line))).toHaveLength(1);
        expect(await service.pruneHistory()).toBe(0);
        expect(await callRoute(service, 'GET', 'batch-jobs')).toMatchObject({ status: 503 });
        const { status, body } = await callRoute(service, 'GET', 'ready');
        expect([status, JSON.stringify(body)]).toEqual([
          200,
          expect.stringContaining(
            '{"part":"record","environment":"default","jobId":"1001","status":"failing"',
          ),
        ]);

        await work();
        for (let minutes = 0; minutes < 10; minutes++) {
          await clock.advance(60_000);
          await work();
        }
        expect(sandbox.requeues('1001')).toBe(0);
        expect(Object.keys(current.fno).some((jobId) => sandbox.requeues(jobId) > 0)).toBe(true);
      },
    ));

  test('is left alone by a build that knows no such version, and each refusal names the record', () =>
    on(
      driver,
      (clock) => open('current', clock, asNewer),
      'current',
      async (upgraded) => {
        const { service, sandbox, work, lines } = upgraded;
        const { status, body } = await callRoute(service, 'GET', 'batch-jobs/1001');
        expect(status).toBe(503);
        expect(body['detail']).toBe(
          'The record of batch job 1001 has version 3, and this program reads version 2. A newer version of the service wrote it: deploy that one again. See "Upgrade and downgrade" in docs/operate/deploy.md.',
        );
        const event = await callRoute(service, 'POST', 'business-events', sandbox.failedEvent('1005'));
        expect(event.status).toBe(503);

        await work();
        expect(Object.keys(current.fno).map((jobId) => sandbox.requeues(jobId))).toEqual(
          Object.keys(current.fno).map(() => 0),
        );
        expect(lines.join('\n')).toContain(
          'The work item of batch job 1001 has version 3, and this program reads version 2. A newer version',
        );
      },
    ));
});

test('the file of a build with another layout of tables is refused before anything is read', async () => {
  await on(
    'sqlite',
    (clock) => Promise.resolve(restoreSqlite('unversioned', clock)),
    'unversioned',
    async (upgraded) => {
      const { status, body } = await callRoute(upgraded.service, 'GET', 'batch-jobs');
      expect([status, body['detail']]).toEqual([
        503,
        expect.stringMatching(
          /has layout 2, and this program reads layout 4\. An older version of the service wrote it: deploy that one again, or begin with an empty store/,
        ),
      ]);
      await expect(upgraded.service.checkStore()).rejects.toThrow('has layout 2');
    },
  );
});

test('rows and messages of a build that wrote no versions are refused, and its work is kept as dead letters', async () => {
  await on('azure', openUnversioned, 'unversioned', async (upgraded) => {
    const { service, sandbox, work, lines } = upgraded;
    const { status, body } = await callRoute(service, 'GET', 'batch-jobs');
    expect([status, body['detail']]).toEqual([
      503,
      expect.stringMatching(
        /^The record of batch job \d+ has no version, and this program reads version 2\. An older/,
      ),
    ]);
    await work();
    expect(
      Object.keys(readKept('unversioned', 'azure').fno).some((jobId) => sandbox.requeues(jobId) > 0),
    ).toBe(false);
    const { value } = await get(upgraded, 'dead-letters');
    expect(value).toHaveLength(32);
    expect(JSON.stringify(value)).toContain('The work item of batch job 1001 has no version');
    expect(lines.filter((line) => line.includes('has no version')).length).toBeGreaterThan(32);
  });
});

function isRecordOf(json: string, jobId: string): boolean {
  return json.includes(`"jobId":"${jobId}"`) && json.includes('"episode"');
}

function openUnversioned(clock: ManualClock): Promise<Store> {
  return restoreAzure('unversioned', clock, azurite.connectionString());
}

function withoutLatest(subscriptions: object): string {
  return JSON.stringify(subscriptions).replace(/("lastFailure":{"at":)"[^"]+"/, '$1');
}

function reasons({ value }: { value?: unknown }): unknown[] {
  return Array.isArray(value) ? value.map(({ reason }: { reason: string }) => reason) : [];
}
