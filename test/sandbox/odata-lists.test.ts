import { expect, test } from 'vitest';
import { aSandboxWithJobs, isError, type Page } from './sandbox-with-jobs.ts';

test('a list is filtered by status, eq and ne', async () => {
  const { sandbox, page } = await aSandboxWithJobs(4);
  await using _ = sandbox;
  await sandbox.run('101');
  await sandbox.run('103');
  const ids = idsIn(page);
  expect(await ids(`Status eq ${isError}`)).toEqual([101, 103]);
  expect(await ids(`Status ne ${isError}`)).toEqual([100, 102]);
});

test('a list is filtered by id, and by a part of the description without case', async () => {
  const { sandbox, page } = await aSandboxWithJobs(2);
  await using _ = sandbox;
  for (const [jobId, description] of [
    ['200', "INT: it's and (done).*"],
    ['201', 'Nightly posting'],
  ] as const) {
    sandbox.addJob({ jobId, description, script: { kind: 'always-fail' } });
  }
  await sandbox.run('201');
  const ids = idsIn(page);
  expect(await ids('BatchJobRecId eq 101')).toEqual([101]);
  expect(await ids("JobDescription eq '*POST*'")).toEqual([201]);
  expect(await ids("JobDescription eq 'job*'")).toEqual([100, 101]);
  expect(await ids("JobDescription eq 'post*'")).toEqual([]);
  expect(await ids("JobDescription eq '*it''s and (done).*'")).toEqual([200]);
  expect(await ids(`Status eq ${isError} and JobDescription eq '*t*'`)).toEqual([201]);
  expect(await ids(`Status ne ${isError} and JobDescription eq '*t*'`)).toEqual([200]);
});

test('a list is filtered by each date, with every comparison, as the entity shows it', async () => {
  const { sandbox, clock, page } = await aSandboxWithJobs(4);
  await using _ = sandbox;
  for (const jobId of ['101', '102', '103']) {
    await clock.advance(60_000);
    await sandbox.run(jobId);
  }
  const ids = idsIn(page);
  const second = '2026-03-02T01:02:00Z';
  expect(await ids(`EndDateTime gt ${second}`)).toEqual([103]);
  expect(await ids(`EndDateTime ge ${second}`)).toEqual([102, 103]);
  expect(await ids(`EndDateTime lt ${second}`)).toEqual([100, 101]);
  expect(await ids(`EndDateTime le ${second}`)).toEqual([100, 101, 102]);
  expect(await ids(`EndDateTime eq ${second}`)).toEqual([102]);
  expect(await ids(`EndDateTime ne ${second}`)).toEqual([100, 101, 103]);
  expect(await ids('EndDateTime eq 1900-01-01T00:00:00Z')).toEqual([100]);
  expect(await ids(`StartDateTime gt ${second}`)).toEqual([103]);
  expect(await ids('OrigStartDateTime le 2026-03-02T01:00:00Z')).toEqual([100, 101, 102, 103]);
});

test("a list is filtered by whether F&O's own code made the job", async () => {
  const { sandbox, page } = await aSandboxWithJobs(2);
  await using _ = sandbox;
  sandbox.addJob({ jobId: '9', description: 'Own', script: { kind: 'succeed' }, runtimeJob: true });
  const ids = idsIn(page);
  const noYes = 'Microsoft.Dynamics.DataEntities.NoYes';
  expect(await ids(`RuntimeJob eq ${noYes}'No'`)).toEqual([100, 101]);
  expect(await ids(`RuntimeJob ne ${noYes}'Yes'`)).toEqual([100, 101]);
  expect(await ids(`RuntimeJob eq ${noYes}'Yes'`)).toEqual([9]);
});

test('several jobs are found in one query by or, which binds weaker than and', async () => {
  const { sandbox, page } = await aSandboxWithJobs(5);
  await using _ = sandbox;
  await sandbox.run('101');
  const ids = idsIn(page);
  expect(await ids('BatchJobRecId eq 100 or BatchJobRecId eq 103 or BatchJobRecId eq 7')).toEqual([100, 103]);
  expect(await ids('(BatchJobRecId eq 100)')).toEqual([100]);
  expect(await ids(`(BatchJobRecId eq 100 or BatchJobRecId eq 101) and Status eq ${isError}`)).toEqual([101]);
  expect(await ids(`BatchJobRecId eq 100 or BatchJobRecId eq 101 and Status ne ${isError}`)).toEqual([100]);
  expect(await ids(`Status eq ${isError} or ((BatchJobRecId eq 104))`)).toEqual([101, 104]);
  expect(await ids("JobDescription eq 'x or (y' or BatchJobRecId eq 102")).toEqual([102]);
});

test('a list is ordered by the end of the last run, the latest first, over its pages', async () => {
  const { sandbox, clock, page } = await aSandboxWithJobs(5, 2);
  await using _ = sandbox;
  for (const jobId of ['103', '101', '104']) {
    await clock.advance(60_000);
    await sandbox.run(jobId);
  }
  const seen: unknown[] = [];
  let next: string | undefined = '/data/BatchJobs?$orderby=EndDateTime desc&$top=4';
  while (next !== undefined) {
    const found: Page = await page(next);
    seen.push(...found.value.map((job) => job.BatchJobRecId));
    next = found['@odata.nextLink'];
  }
  expect(seen).toEqual([104, 101, 103, 100]);
});

test('a list is ordered by the end of the last run, the earliest first, with jobs that end together by id', async () => {
  const { sandbox, clock, page } = await aSandboxWithJobs(3);
  await using _ = sandbox;
  await clock.advance(60_000);
  for (const jobId of ['102', '100']) await sandbox.run(jobId);
  for (const order of ['EndDateTime asc', 'EndDateTime']) {
    const { value } = await page(`/data/BatchJobs?$orderby=${order}`);
    expect(value.map((job) => job.BatchJobRecId)).toEqual([101, 100, 102]);
  }
});

test('a page goes on from its place though its last job was deleted, or ran again', async () => {
  const { sandbox, clock, page } = await aSandboxWithJobs(6, 2);
  await using _ = sandbox;
  for (const jobId of ['105', '104', '103', '102', '101', '100']) {
    await clock.advance(60_000);
    await sandbox.run(jobId);
  }
  const first = await page('/data/BatchJobs?$orderby=EndDateTime desc');
  expect(first.value).toMatchObject([{ BatchJobRecId: 100 }, { BatchJobRecId: 101 }]);
  sandbox.vanish('101');
  const second = await page(first['@odata.nextLink'] ?? '');
  expect(second.value).toMatchObject([{ BatchJobRecId: 102 }, { BatchJobRecId: 103 }]);
  sandbox.startNow('103', 'person');
  await sandbox.run('103');
  const third = await page(second['@odata.nextLink'] ?? '');
  expect(third.value).toMatchObject([{ BatchJobRecId: 104 }, { BatchJobRecId: 105 }]);
});

test.each([
  ['$filter=Status gt Microsoft.Dynamics.DataEntities.BatchStatus%27Error%27', 501],
  ["$filter=Status eq Microsoft.Dynamics.DataEntities.BatchStatus'Broken'", 501],
  ["$filter=contains(JobDescription,'x')", 501],
  ["$filter=JobDescription eq 'it's'", 501],
  ["$filter=JobDescription eq 'x' or ", 501],
  ["$filter=or JobDescription eq 'x'", 501],
  ['$filter=(BatchJobRecId eq 1', 501],
  ['$filter=BatchJobRecId eq 1)', 501],
  ['$filter=()', 501],
  ['$filter=BatchJobRecId in (1,2)', 501],
  ['$filter=BatchJobRecId gt 1', 501],
  ["$filter=RuntimeJob gt Microsoft.Dynamics.DataEntities.NoYes'No'", 501],
  ["$filter=RuntimeJob eq Microsoft.Dynamics.DataEntities.NoYes'Maybe'", 501],
  ['$filter=EndDateTime gt yesterday', 501],
  ['$filter=EndDateTime gt 2026-13-02T01:00:00Z', 501],
  ['$filter=EndDateTime like 2026-03-02T01:00:00Z', 501],
  ["$filter=JobDescription eq 'x' and ", 501],
  ['$filter=', 501],
  ['$filter=BatchJobRecId eq 9223372036854775808', 501],
  ['$orderby=JobDescription', 501],
  ['$orderby=EndDateTime up', 501],
  ['$skiptoken=100', 400],
  ['$select=Nonsense', 400],
  ['$top=many', 400],
  ['$nonsense=1', 400],
])('what the sandbox cannot do is said, not passed over: %s', async (query, status) => {
  const { sandbox, client } = await aSandboxWithJobs(1);
  await using _ = sandbox;
  const response = await client.get(`/data/BatchJobs?${query}`);
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty('error.innererror.message');
});

/** Asks for the ids of the jobs that a filter finds. */
function idsIn(page: (path: string) => Promise<Page>): (filter: string) => Promise<unknown[]> {
  return async (filter) => {
    const { value } = await page(`/data/BatchJobs?$filter=${encodeURIComponent(filter)}`);
    return value.map((job) => job.BatchJobRecId);
  };
}
