import { expect, test } from 'vitest';
import { failureEvent, aService, nightlyPosting } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const { jobId } = nightlyPosting;
const settings = { ERROR_TEXT_FIELD: 'errorText' };

async function pass(service: Awaited<ReturnType<typeof aService>>, minutes = 1): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) {
    if (service.clock instanceof ManualClock) await service.clock.advance(60_000);
    while ((await service.service.pollWorkQueue()) > 0);
  }
}

async function causesOf(service: Awaited<ReturnType<typeof aService>>, id = jobId): Promise<unknown[]> {
  const { body } = await service.get(`batch-jobs/${id}/history?limit=100`);
  const entries: { kind: string; reason: string }[] = JSON.parse(JSON.stringify(body['value']));
  return entries.filter(({ kind }) => kind === 'cause').map(({ reason }) => reason);
}

const withText = (event: string, text: unknown, field = 'ErrorText'): string =>
  event.replace(/}$/, `,${JSON.stringify(field)}:${JSON.stringify(text)}}`);

test.each(['ErrorText', 'ERRORTEXT', 'mserp_errortext'])(
  'an event that brings its own text in %s needs no telemetry',
  async (field) => {
    await using service = await aService({ settings });
    await service.deliver(withText(await failureEvent(service), 'Account 4711 is blocked.', field));
    await pass(service);
    expect(await causesOf(service)).toEqual(['Account 4711 is blocked.']);
    expect((await service.get('causes')).body).toMatchObject({ value: [{ source: 'event', failures: 1 }] });
  },
);

test.each([['', 7, null, ['x'], { a: 1 }]].flat().map((text) => [text]))(
  'a field with %j is no text, and nothing is queued for it',
  async (text) => {
    await using service = await aService({ settings });
    await service.deliver(withText(await failureEvent(service), text));
    await pass(service, 2);
    expect(await causesOf(service)).toEqual([]);
  },
);

test('without the setting, no field is a text', async () => {
  await using service = await aService();
  await service.deliver(withText(await failureEvent(service), 'Account 4711 is blocked.'));
  await pass(service, 2);
  expect(await causesOf(service)).toEqual([]);
});

test('neither the queue nor the history holds what is secret in it, nor a megabyte', async () => {
  const queued: string[] = [];
  await using service = await aService({
    settings,
    wrapQueue: (queue) => {
      const enqueue = queue.enqueue.bind(queue);
      queue.enqueue = (item, options) => {
        queued.push(JSON.stringify(item));
        return enqueue(item, options);
      };
      return queue;
    },
  });
  const text = `jane@contoso.com Bearer abcdef ${'y '.repeat(100_000)}`;
  await service.deliver(withText(await failureEvent(service), text));
  await pass(service);
  const [cause] = await causesOf(service);
  expect(cause).toMatch(/^\(e-mail address\) Bearer \(token\) y y/);
  expect(queued.join('\n')).not.toMatch(/jane|abcdef/);
  expect(Math.max(...queued.map(({ length }) => length))).toBeLessThan(4000);
});

test('failures that arrive together, more than are decided at once, each keep their text, and are decided', async () => {
  const jobs = Array.from({ length: 40 }, (_, n) => ({ ...nightlyPosting, jobId: String(100 + n) }));
  await using service = await aService({ settings, jobs });
  for (let round = 1; round <= 2; round += 1) {
    if (service.clock instanceof ManualClock) await service.clock.advance(60_000);
    const events: string[] = [];
    for (const job of jobs) {
      await service.sandbox.run(job.jobId);
      events.push(
        withText(service.sandbox.failedEvent(job.jobId), `Voucher ${job.jobId} is missing, ${round}.`),
      );
    }
    expect((await service.deliver(`[${events.join(',')}]`)).status).toBe(202);
    // The last of them are decided after their texts are known.
    await pass(service, 3);
    for (const job of jobs) {
      const { body } = await service.get(`batch-jobs/${job.jobId}`);
      expect(body).toMatchObject({ retriesUsed: round });
      expect(await causesOf(service, job.jobId)).toHaveLength(round);
    }
  }
  expect((await service.get('causes')).body).toMatchObject({
    complete: true,
    value: [{ failures: 80, jobCount: 40, text: expect.stringContaining('is missing') }],
  });
});
