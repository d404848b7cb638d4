import { expect, test } from 'vitest';
import { fingerprintOf } from '../../../src/domain/cause/fingerprint.ts';
import { aCause } from '../../contract/causes-contract.ts';
import { aKey } from '../../helpers/stored-records.ts';
import { nightlyPosting } from '../../helpers/a-service.ts';
import { aServiceWithCauses } from '../../helpers/a-service-with-causes.ts';

const jobs = Array.from({ length: 15 }, (_, n) => ({ ...nightlyPosting, jobId: String(100 + n) }));

test('"same cause, 14 jobs": equal causes are one, since an instant, that of the most jobs first', async () => {
  await using service = await aServiceWithCauses({ jobs });
  for (const [n, { jobId }] of jobs.entries()) {
    await service.fail(jobId);
    service.write({ jobId, text: n === 0 ? 'Deadlock' : `Account ${jobId} is blocked for 'Customer ${n}'.` });
  }
  await service.pass(20);
  const { status, body } = await service.get('causes?since=2026-03-02T01:00:00Z');
  expect(status).toBe(200);
  expect(body).toEqual({
    since: '2026-03-02T01:00:00.000Z',
    complete: true,
    value: [
      expect.objectContaining({
        jobCount: 14,
        failures: 14,
        source: 'infolog',
        text: expect.stringContaining('blocked'),
      }),
      expect.objectContaining({
        jobCount: 1,
        text: 'Deadlock',
        jobs: [expect.objectContaining({ jobId: '100' })],
      }),
    ],
  });
  expect((await service.get('causes?since=2026-03-02T01:10:00Z')).body).toMatchObject({
    value: [{ failures: 6 }],
  });
  expect((await service.get('causes?since=2026-03-03')).body).toMatchObject({ value: [] });
  expect((await service.get('causes?environment=default')).body).toMatchObject({
    value: [{ failures: 14 }, {}],
  });
});

test('thousands of causes are read page by page, and counted together; of very many the latest', async () => {
  await using service = await aServiceWithCauses();
  const { causes } = service.composed.ports;
  const now = service.clock.now().getTime();
  const texts = ['Deadlock', 'Account 1 is blocked.', 'Timeout'];
  const all = Array.from({ length: 10_001 }, (_, n) => {
    const text = texts[n % 7 < 4 ? 0 : n % 7 < 6 ? 1 : 2] ?? '';
    const more = { text, fingerprint: fingerprintOf(text), failedAt: new Date(now - n * 5000) };
    return causes.put(aCause(`E-${n}`, 0, { ...aKey(String(1 + (n % 700))), ...more }));
  });
  await Promise.all(all);
  const read = async (since: number) => {
    const { body } = await service.get(`causes?since=${new Date(now - since * 5000).toISOString()}`);
    const value: Record<string, unknown>[] = JSON.parse(JSON.stringify(body['value']));
    return {
      complete: body['complete'],
      groups: value.map((group) => [group['text'], group['failures'], group['jobCount']]),
    };
  };
  expect(await read(1399)).toEqual({
    complete: true,
    groups: [
      ['Deadlock', 800, 400],
      ['Account 1 is blocked.', 400, 200],
      ['Timeout', 200, 100],
    ],
  });
  expect(await read(9999)).toMatchObject({ complete: true, groups: [['Deadlock', 5716, 400], {}, {}] });
  expect(await read(20_000)).toMatchObject({ complete: false, groups: [['Deadlock', 5716, 400], {}, {}] });
});

test.each(['yesterday', '2026-13-01', '2026-03-02T01:00:00', '1', '2026-03-02T01:00:00+02:00'])(
  'since=%s is refused',
  async (since) => {
    await using service = await aServiceWithCauses();
    const { status, body } = await service.get(`causes?since=${encodeURIComponent(since)}`);
    expect([status, body['type']]).toEqual([422, expect.stringContaining('invalid-parameter')]);
  },
);

test('an environment that is not configured is refused', async () => {
  await using service = await aServiceWithCauses();
  expect((await service.get('causes?environment=uat')).status).toBe(422);
});

test('causes are pruned after 90 days, with the history', async () => {
  await using service = await aServiceWithCauses();
  await service.fail();
  service.write();
  await service.pass(3);
  const ago = 'causes?since=2026-01-01';
  expect((await service.get(ago)).body).toMatchObject({ value: [{}] });
  const { clock } = service.sandbox;
  if ('advance' in clock && typeof clock.advance === 'function') await clock.advance(91 * 86_400_000);
  expect(await service.service.pruneHistory()).toBeGreaterThan(0);
  expect((await service.get(ago)).body).toMatchObject({ value: [] });
});
