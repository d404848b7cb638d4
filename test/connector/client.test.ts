import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureEvent } from '../helpers/a-service.ts';
import { violationsOf } from './client/answer-schema.ts';
import { Connection } from './client/connection.ts';
import {
  aSandboxJob,
  environment,
  type RunningService,
  startRunningService,
} from './client/running-service.ts';
import { definition, findOperation, operationsOf, parametersOf, propertyAt } from './swagger.ts';

const nightly = aSandboxJob('5637144576', 'Nightly posting');
const invoices = aSandboxJob('5637144580', 'Vendor invoice import');
const statements = aSandboxJob('5637144584', 'Customer statements');
/** Its id is none that a number of JavaScript or of Power Fx can be. */
const large = aSandboxJob('9007199254740993', 'Exports');
const toBeTold = aSandboxJob('5637144600', 'Told of');
const jobs = [nightly, invoices, statements, large, toBeTold];
const request = { reason: 'Because the test says so' };

let running: RunningService;
let connection: Connection;

beforeAll(async () => {
  running = await startRunningService(jobs);
  ({ connection } = running);
  // What failed before its first look is none of the watch's.
  await running.watch();
});

afterAll(() => running[Symbol.asyncDispose]());

describe('the actions', () => {
  test('an event is evaluated: the job is requeued, and the answer says so', async () => {
    const { status, body } = await running.evaluate(nightly.jobId);

    expect({ status, body }).toMatchObject({ status: 200, body: { decision: 'requeued', retry: 1 } });
    expect(running.sandbox.requeues(nightly.jobId)).toBe(1);
  });

  test('environment and job are chosen from dropdowns, a failed job first', async () => {
    await failureEvent(running, statements.jobId);

    const environments = await connection.choices('GetBatchJob', 'environment', {});
    expect(environments).toEqual([{ value: 'default', title: 'default' }]);
    const choices = await connection.choices('GetBatchJob', 'jobId', { environment });
    expect(choices[0]).toEqual({
      value: statements.jobId,
      title: `Customer statements (${statements.jobId}, Error)`,
    });
    expect(new Set(choices.map(({ value }) => value))).toEqual(new Set(jobs.map(({ jobId }) => jobId)));
    const trigger = findOperation(definition, 'WhenBatchJobRecovers').operation;
    const [{ schema = {} } = {}] = parametersOf(definition, trigger);
    const filter = propertyAt(definition, schema, ['jobId']) ?? {};
    expect(await connection.choicesOf(filter, { environment })).toEqual(choices);
  });

  test('a search finds jobs by their description', async () => {
    const { body } = await connection.call('SearchBatchJobs', { environment, search: 'invoice' });
    expect(body['value']).toMatchObject([{ jobId: invoices.jobId, description: 'Vendor invoice import' }]);
  });

  test('a job is set to waiting, and the answer has what F&O answered, with every digit of the id', async () => {
    await failureEvent(running, large.jobId);

    const { status, body } = await connection.call('SetBatchJobToWaiting', ofJob(large.jobId, { request }));
    expect({ status, body }).toMatchObject({ status: 200, body: { jobId: large.jobId, isSuccess: true } });
    expect(running.sandbox.job(large.jobId).status).toBe('Waiting');
  });

  test('a job is retried under the policy', async () => {
    await failureEvent(running, invoices.jobId);

    const { body } = await connection.call('RetryBatchJob', ofJob(invoices.jobId, { request }));
    expect(body).toMatchObject({ decision: 'requeued', retry: 1, maxRetries: 2, policy: 'All' });
  });

  test('a job is paused, resumed and reset', async () => {
    const paused = await connection.call('PauseBatchJob', ofJob(nightly.jobId, { request }));
    expect(paused.body).toMatchObject({ paused: true, pausedReason: request.reason });
    expect((await running.evaluate(nightly.jobId)).body).toMatchObject({ decision: 'paused' });

    const resumed = await connection.call('ResumeBatchJob', ofJob(nightly.jobId, { request }));
    expect(resumed.body).toMatchObject({ paused: false, pausedReason: null });
    const reset = await connection.call('ResetBatchJobRetries', ofJob(nightly.jobId, { request }));
    expect(reset.body).toMatchObject({ retriesUsed: 0 });
  });

  test('a job is read', async () => {
    const { body } = await connection.call('GetBatchJob', ofJob(invoices.jobId));
    expect(body).toMatchObject({ jobId: invoices.jobId, state: 'requeued', retriesUsed: 1 });
  });

  test('the list of jobs is read page by page to its end', async () => {
    const pages = await connection.pages('ListBatchJobs', { limit: 1 });
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.map((page) => page.length)).toEqual(pages.map(() => 1));
    const read = pages.flat().map(({ jobId }) => jobId);
    expect(read).toEqual(expect.arrayContaining([nightly.jobId, invoices.jobId]));
  });

  test('the history of a job is read page by page to its end, the newest first', async () => {
    const pages = await connection.pages('ListBatchJobHistory', ofJob(nightly.jobId, { limit: 2 }));
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat().map(({ kind }) => kind)).toEqual(['reset', 'resume', 'failure', 'pause', 'failure']);
  });

  test('another policy is tried on the history', async () => {
    const policy = { jobs: [{ name: 'Only posting', match: { description: '*posting*' } }] };
    const { body } = await connection.call('PreviewPolicy', { preview: { policy, days: 1 } });
    const previewed = {
      jobId: nightly.jobId,
      failures: 2,
      requeued: 1,
      wouldRequeue: 1,
      policy: 'Only posting',
    };
    expect(body['jobs']).toEqual(expect.arrayContaining([expect.objectContaining(previewed)]));
  });

  test('the causes of failures are listed, equal ones together', async () => {
    for (const [{ jobId }, account] of [
      [invoices, 4711],
      [statements, 4712],
    ] as const) {
      running.sandbox.setStatus(jobId, 'Waiting');
      await running.evaluate(jobId, { ErrorText: `Account ${account} is blocked.` });
    }
    await running.twoMinutes();
    const { body } = await connection.call('ListCauses', { environment, since: '2026-03-02T01:00:00Z' });
    expect(body).toMatchObject({
      complete: true,
      value: [{ jobCount: 2, text: 'Account 4712 is blocked.' }],
    });
  });

  test('the runs of a job, and those of a time, are read page by page', async () => {
    await running.watch();
    const ofNight = await connection.pages('ListRuns', { environment, from: '2026-03-02', limit: 1 });
    expect(ofNight.flat().map(({ end }) => end)).toContain('failed');
    const ofOne = await connection.pages('ListBatchJobRuns', ofJob(invoices.jobId, { limit: 1 }));
    expect(ofOne.flat()[0]).toMatchObject({ jobId: invoices.jobId, end: 'failed', learned: 'event' });
  });

  test('the dead letters are listed', async () => {
    expect((await connection.call('ListDeadLetters')).body).toEqual({ value: [] });
  });
});

describe('an error is a problem', () => {
  const errors: [operationId: string, type: string, status: number, parameters: Record<string, unknown>][] = [
    ['GetBatchJob', 'not-found', 404, ofJob('1')],
    ['GetBatchJob', 'unknown-environment', 422, { environment: 'nowhere', jobId: '1' }],
    ['GetBatchJob', 'invalid-parameter', 422, ofJob('one')],
    ['EvaluateBatchJobEvent', 'invalid-event', 422, { environment, event: { JobId: 1 } }],
    ['PauseBatchJob', 'invalid-body', 422, ofJob('1', { request: { reason: '' } })],
    ['PreviewPolicy', 'invalid-policy', 422, { preview: { policy: { jobs: 1 } } }],
    ['WhenRetriesAreExhausted', 'invalid-callback', 422, { subscription: { callbackUrl: 'https://[::1]/' } }],
  ];
  test.each(errors)('%s answers %s with %i', async (operationId, type, status, parameters) => {
    const answer = await connection.call(operationId, parameters);
    expect(answer).toMatchObject({ status, body: { type: `urn:batch-retry:problem:${type}` } });
  });

  test('a wrong key is answered with 401', async () => {
    const { status, body } = await new Connection(running.url, 'a-wrong-key').call('ListBatchJobs');
    expect({ status, body }).toMatchObject({ status: 401, body: { title: 'No key, or a wrong one' } });
  });
});

describe('the triggers', () => {
  const triggers: [operationId: string, decision: string, happen: () => Promise<void>][] = [
    ['WhenBatchJobIsRequeued', 'requeued', fail],
    ['WhenBatchJobRecovers', 'recovered', recover],
    ['WhenRetriesAreExhausted', 'exhausted', exhaust],
    ['WhenBatchJobNeedsAttention', 'refused', refuse],
    ['WhenCauseIsFound', 'refused', explain],
    ['WhenRunIsLong', 'long-running', runLong],
    ['WhenJobIsLate', 'late', startLate],
    ['WhenRunIsShort', 'too-short', runShort],
  ];
  test.each(triggers)(
    '%s delivers "%s" until the flow is turned off',
    async (operationId, decision, happen) => {
      const path = `/${operationId}?sig=a%20b`;
      const told = () =>
        running.callbacks.received.filter((one) => one.path === path).map(({ body }) => body);
      const { status, headers, body } = await connection.call(operationId, {
        subscription: {
          callbackUrl: `${running.callbacks.origin}${path}`,
          environment,
          jobId: toBeTold.jobId,
        },
      });
      const subscriptionId = String(body['id']);
      expect(status).toBe(201);
      expect(headers['location']).toBe(`${running.url}/subscriptions/${subscriptionId}`);

      await happen();
      await running.twoMinutes();
      const content = findOperation(definition, operationId).item['x-ms-notification-content']?.schema ?? {};
      expect(told()).toMatchObject([{ jobId: toBeTold.jobId, description: 'Told of', decision }]);
      expect(told().flatMap((notification) => violationsOf(definition, content, notification))).toEqual([]);

      expect(await connection.call('DeleteSubscription', { subscriptionId })).toMatchObject({ status: 204 });
      expect(await connection.call('DeleteSubscription', { subscriptionId })).toMatchObject({ status: 204 });
      await happen();
      await running.twoMinutes();
      expect(told()).toHaveLength(1);
    },
  );

  test('the end of a subscription needs no key', async () => {
    const stranger = new Connection(running.url, 'a-wrong-key');
    const answer = await stranger.call('DeleteSubscription', { subscriptionId: 'unknown' });
    expect(answer).toMatchObject({ status: 204 });
  });
});

test('every operation of the definition was called', () => {
  const all = operationsOf(definition).map(({ operation }) => operation.operationId);
  expect(connection.called).toEqual(new Set(all));
});

function ofJob(jobId: string, more: object = {}): Record<string, unknown> {
  return { environment, jobId, ...more };
}

/** Starts a new episode with a failure that is requeued. */
async function fail(): Promise<void> {
  await startAgain();
  await running.evaluate(toBeTold.jobId);
}

async function recover(): Promise<void> {
  await fail();
  running.sandbox.setScript(toBeTold.jobId, { kind: 'succeed' });
  await running.clock.advance(60_000);
  await running.sandbox.run(toBeTold.jobId);
}

async function exhaust(): Promise<void> {
  await fail();
  await running.evaluate(toBeTold.jobId);
  await running.evaluate(toBeTold.jobId);
}

async function refuse(): Promise<void> {
  await startAgain();
  running.sandbox.faults.add({ kind: 'refused' }, { on: 'action' });
  await running.evaluate(toBeTold.jobId);
}

/** The failure is refused, and announced; its event says why the run failed. */
async function explain(): Promise<void> {
  await startAgain();
  running.sandbox.faults.add({ kind: 'refused' }, { on: 'action' });
  await running.evaluate(toBeTold.jobId, { ErrorText: 'Account 4711 is blocked.' });
}

async function runLong(): Promise<void> {
  await startAgain();
  running.sandbox.setScript(toBeTold.jobId, { kind: 'succeed' });
  const run = running.sandbox.run(toBeTold.jobId, 3 * 3_600_000);
  await running.clock.advance(2.5 * 3_600_000);
  await running.watch();
  await running.clock.advance(3_600_000);
  await run;
}

async function startLate(): Promise<void> {
  await startAgain();
  await running.clock.advance(3 * 3_600_000);
  await running.watch();
}

async function runShort(): Promise<void> {
  await startAgain();
  running.sandbox.setScript(toBeTold.jobId, { kind: 'succeed' });
  await running.sandbox.run(toBeTold.jobId);
  await running.watch();
}

async function startAgain(): Promise<void> {
  running.sandbox.setScript(toBeTold.jobId, { kind: 'always-fail' });
  running.sandbox.setStatus(toBeTold.jobId, 'Waiting');
  await connection.call('ResetBatchJobRetries', ofJob(toBeTold.jobId, { request }));
}
