import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { serializeWork, type WorkItem } from '../../../src/ports/work-item.ts';
import {
  aService,
  failureEvent,
  nightlyPosting,
  type ServiceSetup,
  type TestService,
} from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'batch-retry-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { jobId } = nightlyPosting;
const policy = (delays: string[]) => ({
  jobs: [{ name: 'All', match: { jobId: '*' }, maxRetries: 2, delays }],
});

let stores = 0;

/** Starts the service as `default`, and again with the same store and F&O under the name `prod`. */
async function renamed(
  delays: string[],
  act: (before: TestService, after: TestService, clock: ManualClock) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock();
  const STORE = `sqlite:${join(folder, `${++stores}.sqlite`)}`;
  const setup: ServiceSetup = { clock, policy: policy(delays), settings: { STORE } };
  await using before = await aService(setup);
  const { sandbox: fno } = before;
  const environments = {
    uat: { orgUrl: 'http://127.0.0.1:1', default: true },
    prod: { orgUrl: fno.orgUrl },
  };
  const settings = { STORE, FNO_ORG_URL: '', FNO_ENVIRONMENTS: JSON.stringify(environments) };
  await using after = await aService({ ...setup, fno, settings });
  await act(before, after, clock);
}

test('under a new name, an event is a duplicate still, and the budget goes on', async () => {
  await renamed(['PT0S'], async (before, after) => {
    const event = await failureEvent(before);
    expect((await before.deliver(event)).body).toMatchObject({
      decision: 'requeued',
      environment: 'default',
    });

    expect((await after.deliver(event, '?environment=prod')).body).toMatchObject({ decision: 'duplicate' });
    expect((await after.deliver(await failureEvent(before), '?environment=prod')).body).toMatchObject({
      decision: 'requeued',
      environment: 'prod',
      retry: 2,
    });
    expect((await after.deliver(await failureEvent(before), '?environment=prod')).body).toMatchObject({
      decision: 'exhausted',
    });
    expect(before.sandbox.requeues(jobId)).toBe(2);
    expect((await after.get('batch-jobs')).body['value']).toMatchObject([{ environment: 'prod', jobId }]);
    expect((await after.get(`batch-jobs/${jobId}/history?environment=prod`)).status).toBe(200);
  });
});

test('under a new name, scheduled work is done', async () => {
  await renamed(['PT5M'], async (before, after, clock) => {
    expect((await before.deliver(await failureEvent(before))).body).toMatchObject({ decision: 'scheduled' });
    await clock.advance(5 * 60_000);
    await after.service.pollWorkQueue();
    expect(before.sandbox.requeues(jobId)).toBe(1);
  });
});

test('what a queue trigger hands out, under the host of the organization, is done', async () => {
  await renamed(['PT5M'], async (before, after, clock) => {
    await before.deliver(await failureEvent(before));
    await clock.advance(5 * 60_000);
    const { host } = new URL(before.sandbox.orgUrl);
    const value: unknown = JSON.parse(serializeWork({ ...(await anOpenItem(before)), environment: host }));
    await after.service.consumeWorkMessage({ value, receipt: null });
    expect(before.sandbox.requeues(jobId)).toBe(1);
  });
});

async function anOpenItem(service: TestService): Promise<WorkItem> {
  const [first] = await service.queue.receive(1);
  if (!first || first.item.kind === 'unreadable') throw new Error('No work is due.');
  return first.item;
}
