import { expect, test } from 'vitest';
import { answerSpellings } from '../../src/sandbox/action-answer.ts';
import { parseObject } from '../../src/sandbox/json.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { aClient } from './fno-client.ts';

const largest = '9223372036854775807';

async function aFailedJob(options: Parameters<typeof startSandbox>[0] = {}, jobId = '5637144576') {
  const sandbox = await startSandbox(options);
  sandbox.addJob({ jobId, description: 'Nightly posting', script: { kind: 'always-fail' } });
  await sandbox.run(jobId);
  return { sandbox, jobId, client: await aClient(sandbox) };
}

test('a failed job is set to waiting, and the requeue is counted', async () => {
  const { sandbox, jobId, client } = await aFailedJob();
  await using _ = sandbox;
  const response = await client.setToWaiting(jobId);
  expect(response.status).toBe(200);
  expect(sandbox.job(jobId).status).toBe('Waiting');
  expect(sandbox.requeues(jobId)).toBe(1);
});

test.each(answerSpellings)(
  'the answer spelled "%s" carries every digit of the largest id',
  async (answer) => {
    const { sandbox, client } = await aFailedJob({ answer }, largest);
    await using _ = sandbox;
    const response = await client.setToWaiting(largest);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toMatch(/BatchJobId[\\"]+:9223372036854775807|Batch JobId[\\"]+:9223372036854775807/i);
    expect(text).toMatch(/IsSuccess[\\"]+:true/i);
    expect(text).toMatch(/ResponseStatusCode[\\"]+:200/i);
    expect(sandbox.requeues(largest)).toBe(1);
  },
);

test('the wrapped answer is JSON as a string inside JSON', async () => {
  const { sandbox, jobId, client } = await aFailedJob({ answer: 'wrapped' });
  await using _ = sandbox;
  const outer = await (await client.setToWaiting(jobId)).json();
  expect(outer).toEqual({
    '@odata.context': `${sandbox.orgUrl}/data/$metadata#Edm.String`,
    value: expect.stringContaining('"ReponseMessage"'),
  });
});

test.each(['sample', 'plain', 'response-message', 'camel-case', 'lower-case'] as const)(
  'the spelling "%s" has names of its own',
  async (answer) => {
    const { sandbox, jobId, client } = await aFailedJob({ answer });
    await using _ = sandbox;
    const answered = parseObject(await (await client.setToWaiting(jobId)).text());
    const expected = {
      sample: ['ResponseStatusCode', 'IsSuccess', 'Batch JobId', 'ExceptionDetails', 'reponseMessage'],
      plain: ['ResponseStatusCode', 'IsSuccess', 'BatchJobId', 'ExceptionDetails', 'ReponseMessage'],
      'response-message': [
        'ResponseStatusCode',
        'IsSuccess',
        'BatchJobId',
        'ExceptionDetails',
        'ResponseMessage',
      ],
      'camel-case': ['responseStatusCode', 'isSuccess', 'batchJobId', 'exceptionDetails', 'reponseMessage'],
      'lower-case': ['responsestatuscode', 'issuccess', 'batchjobid', 'exceptiondetails', 'reponsemessage'],
    };
    expect(Object.keys(answered ?? {})).toEqual(expected[answer]);
  },
);

test.each([
  ['an id as text', '{"batchJobId":"5637144576"}'],
  ['no id', '{}'],
  ['a fraction', '{"batchJobId":5637144576.5}'],
  ['an id above int64', '{"batchJobId":9223372036854775808}'],
  ['a parameter too many', '{"batchJobId":5637144576,"retry":1}'],
  ['an array', '[5637144576]'],
  ['no JSON', 'batchJobId=5637144576'],
  ['nothing', ''],
])('a body with %s is a bad request that changes nothing', async (_what, body) => {
  const { sandbox, jobId, client } = await aFailedJob();
  await using _ = sandbox;
  const response = await client.post(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { innererror: { message: expect.any(String) } } });
  expect(sandbox.job(jobId).status).toBe('Error');
});

test('a body that does not say it is JSON is not taken', async () => {
  const { sandbox, client } = await aFailedJob();
  await using _ = sandbox;
  expect((await client.post('{"batchJobId":5637144576}', 'text/plain')).status).toBe(415);
});

test.each(['Executing', 'Error', 'Finished', 'Canceled', 'Waiting'] as const)(
  'a job in %s may be requeued',
  async (status) => {
    const { sandbox, jobId, client } = await aFailedJob({ answer: 'plain' });
    await using _ = sandbox;
    sandbox.setStatus(jobId, status);
    expect(await (await client.setToWaiting(jobId)).json()).toMatchObject({ IsSuccess: true });
  },
);

test.each(['Hold', 'Ready', 'NotRun', 'Cancelling', 'Scheduled'] as const)(
  'a job in %s is refused, with HTTP 200',
  async (status) => {
    const { sandbox, jobId, client } = await aFailedJob({ answer: 'plain' });
    await using _ = sandbox;
    sandbox.setStatus(jobId, status);
    const response = await client.setToWaiting(jobId);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ IsSuccess: false, ResponseStatusCode: 400 });
    expect(sandbox.requeues(jobId)).toBe(0);
  },
);

test('an unknown job is refused, with HTTP 200', async () => {
  const { sandbox, client } = await aFailedJob({ answer: 'plain' });
  await using _ = sandbox;
  const response = await client.setToWaiting('17');
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ IsSuccess: false, ResponseStatusCode: 404 });
});

test('the action is only for POST', async () => {
  const { sandbox, client } = await aFailedJob();
  await using _ = sandbox;
  const response = await client.get('/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting');
  expect(response.status).toBe(405);
});

test('two jobs whose ids a double cannot tell apart are two jobs', async () => {
  const { sandbox, client } = await aFailedJob({ answer: 'plain' }, largest);
  await using _ = sandbox;
  const neighbour = '9223372036854775806';
  sandbox.addJob({ jobId: neighbour, description: 'Neighbour', script: { kind: 'always-fail' } });
  await sandbox.run(neighbour);
  const answer = parseObject(await (await client.setToWaiting(neighbour)).text());
  expect(String(answer?.BatchJobId)).toBe(neighbour);
  expect([sandbox.requeues(neighbour), sandbox.requeues(largest)]).toEqual([1, 0]);
});

test('requests are recorded as they came, without the token', async () => {
  const { sandbox, jobId, client } = await aFailedJob();
  await using _ = sandbox;
  await client.setToWaiting(jobId);
  expect(sandbox.requests.at(-1)).toEqual({
    at: expect.any(Date),
    clientPort: expect.any(Number),
    route: 'action',
    method: 'POST',
    path: '/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting',
    rawBody: '{"batchJobId":5637144576}',
    authorized: true,
    jobId,
    status: 200,
  });
  expect(JSON.stringify(sandbox.requests)).not.toContain(client.token);
});
