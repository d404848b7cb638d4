import { expect, test } from 'vitest';
import { nightlyPosting } from '../../helpers/a-service.ts';
import { aServiceWithCauses } from '../../helpers/a-service-with-causes.ts';
import { everyJob } from '../../helpers/policies.ts';
import { startCallbackServer } from '../../helpers/callback-server.ts';
import { healthy } from '../../../src/ports/subscriptions.ts';
import { notificationEvents } from '../../../src/domain/job/outcomes.ts';

const { jobId } = nightlyPosting;
const minute = 60_000;
const once = { defaults: { maxRetries: 1 }, ...everyJob };
const blocked = 'Account 4711 is blocked.';

async function aSubscribed(events: readonly (typeof notificationEvents)[number][] = notificationEvents) {
  const server = await startCallbackServer();
  const service = await aServiceWithCauses({ policy: once, settings: { CALLBACK_HOSTS: server.origin } });
  const subscription = {
    id: '4f0a',
    callbackUrl: `${server.origin}/`,
    events,
    environment: null,
    jobId: null,
  };
  await service.subscriptions.add({ ...subscription, createdAt: service.clock.now(), ...healthy });
  const told = () =>
    server.received.map(({ body }) => {
      const { event, cause, reason }: Record<string, unknown> = JSON.parse(JSON.stringify(body));
      return { event, cause, reason };
    });
  return {
    service,
    told,
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test('a text that was there before the event is in the history a minute after the failure', async () => {
  await using service = await aServiceWithCauses();
  service.write({ at: new Date(service.clock.now().getTime() + minute) });
  const eventId = await service.fail();
  expect(await service.causesInHistory()).toEqual([]);
  await service.pass(1);
  expect(await service.causesInHistory()).toEqual([{ eventId, reason: blocked }]);
  expect(service.logs.queries).toHaveLength(1);
  await service.pass(120);
  expect(service.logs.queries).toHaveLength(1);
});

test.each([5, 20, 59, 60])(
  'a text that comes %i minutes late is found then, and asked for a few times before',
  async (late) => {
    await using service = await aServiceWithCauses();
    const eventId = await service.fail();
    service.write({ arrivesAfterMs: late * minute });
    await service.pass(late - 1);
    expect(await service.causesInHistory()).toEqual([]);
    await service.pass(62 - late);
    expect(await service.causesInHistory()).toEqual([{ eventId, reason: blocked }]);
    expect(service.logs.queries.length).toBeLessThanOrEqual(8);
  },
);

test('a text that never comes, or more than an hour late, is given up', async () => {
  await using service = await aServiceWithCauses();
  await service.fail();
  service.write({ arrivesAfterMs: 70 * minute });
  await service.pass(180);
  expect(await service.causesInHistory()).toEqual([]);
  expect(service.logs.queries).toHaveLength(7);
  expect(await service.queue.listDeadLetters(10)).toEqual([]);
});

test('rows that come in parts: an answer in part has nothing yet, or has enough', async () => {
  await using service = await aServiceWithCauses();
  const eventId = await service.fail();
  service.write();
  service.logs.fail({ kind: 'partial', rows: 0 }, 2);
  service.logs.fail({ kind: 'partial', rows: 1 });
  await service.pass(3);
  expect(await service.causesInHistory()).toEqual([]);
  await service.pass(5);
  expect(await service.causesInHistory()).toEqual([{ eventId, reason: blocked }]);
  expect(service.logs.queries).toHaveLength(3);
  expect(service.lines.filter((line) => line.includes('found later'))).toHaveLength(1);
});

test("the platform's words alone wait some minutes for the infolog, and are the cause if none comes", async () => {
  await using service = await aServiceWithCauses();
  const first = await service.fail();
  service.write({ kind: 'BatchTaskFailure', text: 'Task failed' });
  service.write({ arrivesAfterMs: 3 * minute });
  await service.pass(2);
  expect(await service.causesInHistory()).toEqual([]);
  await service.pass(10);
  expect(await service.causesInHistory()).toEqual([{ eventId: first, reason: `${blocked}\nTask failed` }]);
  const second = await service.fail();
  service.write({ kind: 'BatchTaskFailure', text: 'Out of memory' });
  await service.pass(8);
  expect((await service.causesInHistory()).at(-1)).toEqual({ eventId: second, reason: 'Out of memory' });
});

test('a text of another run of the same job is not taken, nor one of another job', async () => {
  await using service = await aServiceWithCauses();
  const first = await service.fail();
  service.write({ text: 'Of the first run', arrivesAfterMs: 3 * minute });
  service.write({ text: 'Of another job', jobId: '5637144577' });
  const second = await service.fail();
  await service.pass(1);
  expect(await service.causesInHistory()).toEqual([]);
  service.write({ text: 'Of the second run', at: new Date(service.clock.now().getTime() - minute) });
  await service.pass(20);
  const found = await service.causesInHistory();
  expect(new Map(found.map(({ eventId, reason }) => [eventId, reason]))).toEqual(
    new Map([
      [first, 'Of the first run'],
      [second, 'Of the second run'],
    ]),
  );
});

test('a text that comes twice, and an event that comes twice, make one line', async () => {
  await using service = await aServiceWithCauses();
  service.write({ at: new Date(service.clock.now().getTime() + minute), times: 2 });
  const eventId = await service.fail();
  await service.deliver(service.sandbox.failedEvent(jobId));
  await service.pass(5);
  expect(await service.causesInHistory()).toEqual([{ eventId, reason: blocked }]);
});

test('what was announced is told once more, with its cause, and only once', async () => {
  await using subscribed = await aSubscribed();
  const { service, told } = subscribed;
  await service.fail();
  const eventId = await service.fail();
  service.write({ arrivesAfterMs: 3 * minute });
  await service.pass(1);
  expect(told().at(-1)).toMatchObject({ event: 'exhausted', cause: null });
  await service.pass(30);
  const cause = { text: blocked, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/), source: 'infolog' };
  expect(told().filter(({ event }) => event === 'cause')).toEqual([
    { event: 'cause', cause, reason: 'The cause of this failure is known now.' },
  ]);
  expect(service.lines.join('\n')).not.toContain(blocked);
  expect(await service.causesInHistory()).toEqual([{ eventId, reason: blocked }]);
});

test('an announcement that comes after the cause brings the cause with it, and none follows', async () => {
  await using subscribed = await aSubscribed();
  const { service, told } = subscribed;
  service.sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'action', times: Infinity });
  service.write({ at: new Date(service.clock.now().getTime() + minute) });
  await service.fail();
  await service.pass(26 * 60);
  const cause = { text: blocked, fingerprint: expect.any(String), source: 'infolog' };
  expect(told().map(({ event, cause: brought }) => ({ event, brought }))).toEqual([
    { event: 'needs-attention', brought: cause },
  ]);
});

test('a failure that a retry healed has its cause in the history, and nobody is told of it', async () => {
  await using subscribed = await aSubscribed(['exhausted', 'needs-attention', 'cause']);
  const { service, told } = subscribed;
  service.write({ at: new Date(service.clock.now().getTime() + minute) });
  await service.fail();
  service.sandbox.setScript(jobId, { kind: 'succeed' });
  await service.sandbox.run(jobId);
  await service.pass(30);
  expect(await service.causesInHistory()).toHaveLength(1);
  expect(told()).toEqual([]);
});

test('markup, e-mail addresses and secrets: the history keeps 2,000 clean characters, as text', async () => {
  await using service = await aServiceWithCauses();
  const at = new Date(service.clock.now().getTime() + minute);
  service.write({
    at,
    text: `<img src=x onerror=alert(1)> jane@contoso.com ?code=s3cret ${'x'.repeat(1_000_000)}`,
  });
  await service.fail();
  await service.pass(2);
  const [cause] = await service.causesInHistory();
  expect(cause?.reason).toHaveLength(2000);
  expect(cause?.reason).toMatch(/^<img src=x onerror=alert\(1\)> \(e-mail address\) \?code=\(secret\) x/);
  expect(service.lines.join('\n')).not.toMatch(/jane|s3cret/);
});

test('jobs that nobody listed are asked about by nobody', async () => {
  await using service = await aServiceWithCauses({
    policy: { jobs: [{ name: 'Other', match: { jobId: ['7'] } }] },
  });
  await service.fail();
  await service.pass(70);
  expect(service.logs.queries).toEqual([]);
});
