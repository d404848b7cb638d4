import { expect, test } from 'vitest';
import { byOrganization } from '../../src/adapters/by-organization.ts';
import { nothingAnnounced } from '../../src/domain/environment/environment-state.ts';
import type { BatchJobKey } from '../../src/ports/ledger.ts';
import type { Store } from '../../src/ports/store.ts';
import { healthy } from '../../src/ports/subscriptions.ts';
import { aChange, aKey, anEntry, aStoredJob } from '../helpers/stored-records.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aWake } from '../helpers/work-items.ts';

export const host = 'contoso.operations.dynamics.com';
const { jobId } = aKey();
const dueAt = new ManualClock().now();

/** The store as the service sees it: known by organizations, under the names of the settings. */
export function named(store: Store): Store {
  return byOrganization(store, [
    { name: 'default', orgUrl: `https://${host}` },
    { name: 'prod', orgUrl: 'http://127.0.0.1:8080' },
    { name: 'uat', orgUrl: 'http://[::1]:8081' },
  ]);
}

/** What a store keeps must stay with its organization, whatever name the settings give it. */
export function renamingContract(driver: string, open: () => Store): void {
  test(`on ${driver}, everything of an environment is found under its new name, and its host where it has none`, async () => {
    const store = open();
    const [before, after, without] = [
      byOrganization(store, [{ name: 'default', orgUrl: `https://${host}` }]),
      byOrganization(store, [{ name: 'prod', orgUrl: `https://${host.toUpperCase()}/` }]),
      byOrganization(store, [{ name: 'uat', orgUrl: 'https://contoso-uat.example.com' }]),
    ];
    await leaveSomethingIn(before, 'default');

    const key: BatchJobKey = { environment: 'prod', jobId };
    expect(await after.ledger.read(key, 'E1')).toMatchObject({ job: key, eventKnown: true });
    expect(await after.ledger.history(key, null, 10)).toHaveLength(1);
    expect(await after.ledger.list(null, 10, 'prod')).toMatchObject([key]);
    expect(await after.ledger.list(key, 10, null)).toEqual([]);
    expect(await takenInMinute(after, 'prod')).toBe(1);
    expect(await after.subscriptions.get('4f0a')).toMatchObject({ environment: 'prod' });

    expect(await without.ledger.list(null, 10, null)).toMatchObject([{ environment: host, jobId }]);
    expect(await without.ledger.list({ environment: host, jobId }, 10, null)).toEqual([]);
    expect(await without.subscriptions.list()).toMatchObject([{ environment: host }]);
    const [received] = await after.queue.receive(10);
    expect(received?.item).toMatchObject(key);
    await after.queue.deadLetter(aWake({ environment: 'prod', jobId }), null, 'It failed.');
    expect(await after.queue.listDeadLetters(10)).toMatchObject([{ item: key }]);
    expect(await without.queue.listDeadLetters(10)).toMatchObject([{ item: { environment: host } }]);
  });
}

async function leaveSomethingIn({ ledger, queue, subscriptions }: Store, environment: string): Promise<void> {
  const key = { environment, jobId };
  const change = aChange({ ...aStoredJob(key), environment }, { eventIds: ['E1'], history: [anEntry('E1')] });
  await ledger.write(key, null, change);
  await takenInMinute({ ledger }, environment);
  await queue.enqueue(aWake({ ...key, dueAt }));
  await subscriptions.add({
    id: '4f0a',
    callbackUrl: 'https://prod-01.westeurope.logic.azure.com/?sig=x',
    events: ['exhausted'],
    environment,
    jobId: null,
    createdAt: dueAt,
    ...healthy,
  });
}

/** How many requeues of the environment were counted before; counts one more. */
function takenInMinute({ ledger }: Pick<Store, 'ledger'>, environment: string): Promise<number | null> {
  return ledger.updateEnvironment(environment, (state) => {
    const sent = state?.takenInMinute ?? 0;
    const breaker = { faults: 0, readFaults: 0, openUntil: null, openings: 0 };
    return {
      state: { ...nothingAnnounced, breaker, minuteStartedAt: dueAt, takenInMinute: sent + 1 },
      result: sent,
    };
  });
}
