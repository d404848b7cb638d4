import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parseJobId } from '../../../src/domain/job-id.ts';
import { isObject } from '../../../src/events/schema-validator.ts';
import { healthy, type Subscription } from '../../../src/ports/subscriptions.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { type CallbackServer, startCallbackServer } from '../../helpers/callback-server.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { everyJob } from '../../helpers/policies.ts';

const { jobId } = nightlyPosting;
const second = 1000;
const minute = 60 * second;
const once = { defaults: { maxRetries: 1 }, ...everyJob };

test('an exhausted job is published once, with the whole timeline of its episode', async () => {
  await using server = await startCallbackServer();
  await using service = await aSubscribedService(server, { events: ['exhausted'] });
  await exhaust(service);
  service.sandbox.setStatus(jobId, 'Waiting');
  expect((await service.deliver(await failureEvent(service))).body).toMatchObject({ decision: 'exhausted' });
  await pass(service, minute);

  expect(server.received.map(({ body }) => body)).toEqual([
    {
      notificationId: expect.stringMatching(/./),
      event: 'exhausted',
      at: expect.stringMatching(/^2\d{3}-.*Z$/),
      environment: 'default',
      jobId,
      description: 'Nightly posting',
      policy: 'Every job',
      decision: 'exhausted',
      retry: null,
      retriesUsed: 1,
      maxRetries: 1,
      reason: 'The one retry of this episode is used: nothing was sent, a person must look.',
      cause: null,
      timeline: [
        expect.objectContaining({ kind: 'failure', decision: 'requeued', retry: 1 }),
        expect.objectContaining({ kind: 'failure', decision: 'exhausted' }),
      ],
      timelineComplete: true,
      timelineText: expect.stringMatching(
        /^[\d-]+ \d\d:\d\d UTC: requeued\. Failure 1 .*\n[\d-]+ \d\d:\d\d UTC: exhausted\. The one retry/,
      ),
    },
  ]);
});

test('a failure that a retry healed is published to subscribers of requeues and recoveries, and to nobody else', async () => {
  await using server = await startCallbackServer();
  await using service = await aSubscribedService(
    server,
    { id: 'all', events: ['exhausted', 'requeued', 'recovered', 'needs-attention'] },
    { id: 'bad', events: ['exhausted', 'needs-attention'] },
  );
  await service.deliver(await failureEvent(service));
  service.sandbox.setScript(jobId, { kind: 'succeed' });
  await pass(service, minute);
  await service.sandbox.run(jobId);
  await pass(service, 10 * minute);

  expect(server.received.map(({ path, body }) => [path, fieldOf(body, 'event')])).toEqual([
    ['/all', 'requeued'],
    ['/all', 'recovered'],
  ]);
});

test('what F&O refuses for good needs attention', async () => {
  await using server = await startCallbackServer();
  await using service = await aSubscribedService(server, { events: ['needs-attention'] });
  service.sandbox.faults.add({ kind: 'refused', message: 'Group is closed' }, { on: 'action' });
  await service.deliver(await failureEvent(service));
  await pass(service, minute);

  expect(server.received.map(({ body }) => body)).toMatchObject([
    { event: 'needs-attention', decision: 'refused', reason: 'F&O refused: Group is closed' },
  ]);
});

test('a subscription to another environment or job gets nothing', async () => {
  await using server = await startCallbackServer();
  await using service = await aSubscribedService(
    server,
    { id: 'other-job', jobId: parseJobId('1') },
    { id: 'other-environment', environment: 'uat' },
    { id: 'this', jobId: parseJobId(jobId), environment: 'default' },
  );
  await exhaust(service);

  expect(server.received.map(({ path }) => path)).toEqual(['/this']);
});

test('a subscriber that fails is called again, later each time, with the same notification id', async () => {
  let calls = 0;
  const fail = (response: ServerResponse) => response.writeHead(++calls < 4 ? 503 : 200).end();
  await using server = await startCallbackServer(fail);
  await using service = await aSubscribedService(server, {});
  await exhaust(service);
  expect(server.received).toHaveLength(1);
  await pass(service, 12 * second);
  expect(server.received).toHaveLength(2);
  await pass(service, 12 * second);
  expect(server.received).toHaveLength(2);
  await pass(service, 10 * minute);

  expect(server.received).toHaveLength(4);
  expect(new Set(server.received.map(({ body }) => fieldOf(body, 'notificationId'))).size).toBe(1);
});

test('a subscriber that answers 410 is dropped, with a line that holds enough of its id to find it by', async () => {
  await using server = await startCallbackServer((response) => response.writeHead(410).end());
  await using service = await aSubscribedService(server, { id: 'abcdefgh-secret' });
  await exhaust(service);
  await pass(service, 10 * minute);

  expect(server.received).toHaveLength(1);
  expect(await service.subscriptions.list()).toEqual([]);
  const lines = linesWith(service, 'abcdefgh');
  expect(lines).toEqual([expect.stringMatching(/Subscription abcdefgh is dropped.*HTTP 410/)]);
  expect(lines.join()).not.toContain('secret');
});

test('a subscriber that answers 404 for a while gets it in the end', async () => {
  let isDeploying = true;
  await using server = await startCallbackServer((response) =>
    response.writeHead(isDeploying ? 404 : 200).end(),
  );
  await using service = await aSubscribedService(server, {});
  await exhaust(service);
  await pass(service, 30 * minute, minute);
  isDeploying = false;
  await pass(service, 60 * minute, minute);

  expect(await service.subscriptions.list()).toMatchObject([{ failingSince: null, notFoundSince: null }]);
  const calls = server.received.length;
  await pass(service, 120 * minute, 5 * minute);
  expect(server.received).toHaveLength(calls);
});

test('a subscriber that answers nothing but 404 for half a day is dropped, with a line', async () => {
  await using server = await startCallbackServer((response) => response.writeHead(404).end());
  await using service = await aSubscribedService(server, {});
  await exhaust(service);
  await pass(service, 11 * 60 * minute, 5 * minute);
  expect(await service.subscriptions.list()).toHaveLength(1);
  await pass(service, 3 * 60 * minute, 5 * minute);

  expect(await service.subscriptions.list()).toEqual([]);
  expect(linesWith(service, 'is dropped')).toEqual([expect.stringMatching(/nothing but HTTP 404 since 2/)]);
});

test('one 404 after hours of other failures drops no subscription', async () => {
  let status = 503;
  await using server = await startCallbackServer((response) => response.writeHead(status).end());
  await using service = await aSubscribedService(server, {});
  await exhaust(service);
  await pass(service, 14 * 60 * minute, 5 * minute);
  status = 404;
  await pass(service, 3 * 60 * minute, 5 * minute);
  expect(await service.subscriptions.list()).toHaveLength(1);
});

test.each([400, 401, 403])(
  'a subscriber that answers %i may be set right: it hears later',
  async (status) => {
    let isWrong = true;
    await using server = await startCallbackServer((response) =>
      response.writeHead(isWrong ? status : 200).end(),
    );
    await using service = await aSubscribedService(server, {});
    await exhaust(service);
    await pass(service, 5 * minute, 10 * second);
    isWrong = false;
    await pass(service, 15 * minute, minute);

    const lastFailure = { reason: `HTTP ${status}` };
    expect(await service.subscriptions.list()).toMatchObject([{ failingSince: null, lastFailure }]);
  },
);

test('a subscriber that fails for over an hour is announced once, and again once it fails anew', async () => {
  let status = 401;
  await using server = await startCallbackServer((response) => response.writeHead(status).end());
  await using service = await aSubscribedService(server, { events: ['exhausted', 'requeued'] });
  await exhaust(service);
  await pass(service, 50 * minute, minute);
  expect(linesWith(service, 'subscriber-failing')).toEqual([]);
  await pass(service, 5 * 60 * minute, 5 * minute);
  expect(linesWith(service, 'subscriber-failing')).toEqual([
    expect.stringMatching(/ATTENTION.*Every delivery to subscription one has failed since 2.*HTTP 401/),
  ]);

  status = 200;
  await pass(service, 2 * 60 * minute, 5 * minute);
  status = 500;
  service.sandbox.setStatus(jobId, 'Waiting');
  await service.post(`batch-jobs/${jobId}/reset`, { reason: 'set right' });
  await exhaust(service);
  await pass(service, 3 * 60 * minute, 5 * minute);
  expect(linesWith(service, 'subscriber-failing')).toHaveLength(2);
});

test('a subscriber that never answers well is given up after a day and announced, without its address', async () => {
  await using server = await startCallbackServer((response) => response.writeHead(500).end());
  await using service = await aSubscribedService(server, {});
  await exhaust(service);
  await pass(service, 27 * 60 * minute, 5 * minute);
  const calls = server.received.length;
  await pass(service, 3 * 60 * minute, 5 * minute);

  expect(server.received).toHaveLength(calls);
  const givenUp = expect.stringMatching(/given up after a day of tries: HTTP 500/);
  expect(linesWith(service, 'given up')).toEqual([givenUp, givenUp]);
  expect(linesWith(service, 'ATTENTION').join()).toMatch(/undelivered.*given up/);
  expect(service.lines.join('\n')).not.toContain(server.origin);
});

test('a hundred subscribers, ten of them dead, get nothing before the webhook has answered, and ninety soon after', async () => {
  await using server = await startCallbackServer((response, path) => {
    if (!dead(path)) response.writeHead(202).end();
  });
  const hundred = Array.from({ length: 100 }, (_, index) => ({ id: `s${index}` }));
  await using service = await aSubscribedService(server, ...hundred);
  await service.deliver(await failureEvent(service));
  await pass(service, minute);
  const { body } = await service.deliver(await failureEvent(service));
  expect(body).toMatchObject({ decision: 'exhausted' });
  expect(server.received).toHaveLength(0);

  await pass(service, 30 * second);
  const heard = new Set(server.received.map(({ path }) => path));
  expect([...heard].filter((path) => !dead(path))).toHaveLength(90);
});

type Subscribed = Partial<Omit<Subscription, 'createdAt' | 'callbackUrl'>>;

/** The service with a policy of one retry, and subscriptions to `exhausted` unless they say other. */
async function aSubscribedService(server: CallbackServer, ...subscribed: Subscribed[]): Promise<TestService> {
  const service = await aService({ policy: once, settings: { CALLBACK_HOSTS: server.origin } });
  for (const given of subscribed) {
    const id = given.id ?? 'one';
    await service.subscriptions.add({
      events: ['exhausted'],
      environment: null,
      jobId: null,
      createdAt: service.clock.now(),
      ...healthy,
      ...given,
      id,
      callbackUrl: `${server.origin}/${id}`,
    });
  }
  return service;
}

async function exhaust(service: TestService): Promise<void> {
  await service.deliver(await failureEvent(service));
  await service.deliver(await failureEvent(service));
  await pass(service, 2 * second, second);
}

/** A path of a subscriber that never answers. */
function dead(path: string): boolean {
  return path.endsWith('7');
}

/** Lets time pass, and does what is due meanwhile; who waits for an answer waits no longer than its time. */
async function pass({ clock, service }: TestService, ms: number, step = 2 * second): Promise<void> {
  if (!(clock instanceof ManualClock)) throw new Error('Its clock is not the test’s.');
  for (let passed = 0; passed < ms; passed += step) {
    await clock.advance(step);
    for (let done = 1; done > 0;) {
      const stop = new AbortController();
      void runForThoseWhoHang(clock, stop.signal);
      done = await service.pollWorkQueue();
      stop.abort();
    }
  }
}

/** Every other subscriber is in this process, too: after so many turns of the event loop it has answered. */
async function runForThoseWhoHang(clock: ManualClock, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(50);
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    if (signal.aborted) return;
    await clock.advance(5 * second);
  }
}

function linesWith({ lines }: TestService, text: string): string[] {
  return lines.filter((line) => line.includes(text));
}

function fieldOf(body: unknown, name: string): unknown {
  return isObject(body) ? body[name] : null;
}
