import { expect, test } from 'vitest';
import { aSandboxWithJobs, isError, type Page } from './sandbox-with-jobs.ts';

test('a job is read by its key', async () => {
  const { sandbox, clock, client } = await aSandboxWithJobs(1);
  await using _ = sandbox;
  const running = sandbox.run('100', 5000);
  await clock.advance(5000);
  expect(await running).toBe('failed');
  const response = await client.get('/data/BatchJobs(100)');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    '@odata.context': `${sandbox.orgUrl}/data/$metadata#BatchJobs/$entity`,
    BatchJobRecId: 100,
    JobDescription: 'Job 0',
    Status: 'Error',
    CompanyAccounts: 'USMF',
    OrigStartDateTime: '2026-03-02T01:00:00Z',
    StartDateTime: '2026-03-02T01:00:00Z',
    EndDateTime: '2026-03-02T01:00:05Z',
    StartDate: '2026-03-02T12:00:00Z',
    StartTime: 3600,
    ExecutingBy: '',
    CanceledBy: '',
    PartitionKey: 'initial',
    RuntimeJob: 'No',
    Finishing: 0,
    SaveJobToHistory: 'Always',
    Recurrence: '',
  });
});

test('a job that never ran has no dates but 1900-01-01', async () => {
  const { sandbox, page } = await aSandboxWithJobs(1);
  await using _ = sandbox;
  const none = '1900-01-01T00:00:00Z';
  expect(await page('/data/BatchJobs(100)')).toMatchObject({ StartDateTime: none, EndDateTime: none });
});

test('a recurring job has a Recurrence of Edm.Binary, and its next start as OrigStartDateTime', async () => {
  const { sandbox, page } = await aSandboxWithJobs(0);
  await using _ = sandbox;
  const recurrence = { everyMs: 86_400_000, firstAt: new Date('2026-03-02T22:00:00Z') };
  sandbox.addJob({ jobId: '1', description: 'Nightly', recurrence, script: { kind: 'always-fail' } });
  await sandbox.run('1');
  const entity = await page('/data/BatchJobs(1)');
  expect(entity).toMatchObject({ Status: 'Waiting', OrigStartDateTime: '2026-03-02T22:00:00Z' });
  expect(entity).toHaveProperty('Recurrence', expect.stringMatching(/^[A-Za-z0-9+/]+=*$/));
});

test('a deleted job is 404 with an OData error, and left out of lists', async () => {
  const { sandbox, client, page } = await aSandboxWithJobs(2);
  await using _ = sandbox;
  sandbox.vanish('100');
  const response = await client.get('/data/BatchJobs(100)');
  expect(response.status).toBe(404);
  expect(await response.json()).toHaveProperty('error.innererror.message');
  expect((await page('/data/BatchJobs')).value).toMatchObject([{ BatchJobRecId: 101 }]);
});

test('the largest id is written with every digit', async () => {
  const { sandbox, client } = await aSandboxWithJobs(0);
  await using _ = sandbox;
  sandbox.addJob({ jobId: '9223372036854775807', description: 'Largest', script: { kind: 'succeed' } });
  for (const path of ['/data/BatchJobs(9223372036854775807)', '/data/BatchJobs']) {
    expect(await (await client.get(path)).text()).toContain('"BatchJobRecId":9223372036854775807,');
  }
});

test('an unknown id is 404 with an OData error', async () => {
  const { sandbox, client } = await aSandboxWithJobs(0);
  await using _ = sandbox;
  const response = await client.get('/data/BatchJobs(17)');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: '', innererror: { stacktrace: '' } } });
});

test('a wrong path is 404 with a Message', async () => {
  const { sandbox, client } = await aSandboxWithJobs(0);
  await using _ = sandbox;
  for (const path of ['/data/BatchJob', '/data/BatchJobs/Other', '/nowhere']) {
    const response = await client.get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ Message: expect.stringMatching(/^No HTTP resource was found/) });
  }
});

test('pages lead to the end, through jobs that leave the filter meanwhile', async () => {
  const { sandbox, client, page } = await aSandboxWithJobs(7, 3);
  await using _ = sandbox;
  for (let n = 100; n < 107; n += 1) await sandbox.run(String(n));
  const seen: unknown[] = [];
  let next: string | undefined = `/data/BatchJobs?$filter=Status eq ${isError}&cross-company=true`;
  while (next !== undefined) {
    const found: Page = await page(next);
    expect(found.value.length).toBeLessThanOrEqual(3);
    seen.push(...found.value.map((job) => job.BatchJobRecId));
    await client.setToWaiting(String(seen[0]));
    next = found['@odata.nextLink'];
  }
  expect(seen).toEqual([100, 101, 102, 103, 104, 105, 106]);
});

test('$top counts over the pages, and $select leaves the rest out', async () => {
  const { sandbox, page } = await aSandboxWithJobs(7, 3);
  await using _ = sandbox;
  const first = await page('/data/BatchJobs?$top=4&$select=BatchJobRecId,Status');
  expect(first.value).toHaveLength(3);
  const second = await page(first['@odata.nextLink'] ?? '');
  expect(second.value).toEqual([{ BatchJobRecId: 103, Status: 'Waiting' }]);
  expect(second['@odata.nextLink']).toBeUndefined();
});

test('a key that is no int64 is a bad request', async () => {
  const { sandbox, client } = await aSandboxWithJobs(1);
  await using _ = sandbox;
  expect((await client.get("/data/BatchJobs('100')")).status).toBe(400);
});
