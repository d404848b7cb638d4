import { expect, test } from 'vitest';
import { aService, nightlyPosting, type ServiceSetup } from '../helpers/a-service.ts';

const jobs: NonNullable<ServiceSetup['jobs']> = [
  nightlyPosting,
  { jobId: '9223372036854775807', description: 'INT orders', script: { kind: 'succeed' } },
];

test('the environments are listed, the default first', async () => {
  await using one = await aService();
  expect(await one.get('environments')).toMatchObject({
    status: 200,
    body: { value: [{ name: 'default', orgUrl: one.sandbox.orgUrl }] },
  });

  const prod = 'https://contoso.operations.dynamics.com';
  const uat = 'https://contoso-uat.sandbox.operations.dynamics.com';
  const settings = {
    FNO_ORG_URL: '',
    FNO_ENVIRONMENTS: JSON.stringify({ uat: { orgUrl: uat }, prod: { orgUrl: prod } }),
  };
  await using two = await aService({ settings });
  expect((await two.get('environments')).body).toEqual({
    value: [
      { name: 'uat', orgUrl: uat },
      { name: 'prod', orgUrl: prod },
    ],
  });
});

test("F&O's jobs are listed for a dropdown, those in Error first, with ids as text", async () => {
  await using service = await aService({ jobs });
  await service.sandbox.run(nightlyPosting.jobId);
  expect(await service.get('environments/default/batch-jobs')).toMatchObject({
    status: 200,
    body: {
      value: [
        {
          jobId: '5637144576',
          description: 'Nightly posting',
          status: 'Error',
          legalEntity: 'USMF',
          endedAt: '2026-03-02T01:00:00.000Z',
          title: 'Nightly posting (5637144576, Error)',
        },
        {
          jobId: '9223372036854775807',
          description: 'INT orders',
          status: 'Waiting',
          legalEntity: 'USMF',
          endedAt: null,
          title: 'INT orders (9223372036854775807, Waiting)',
        },
      ],
    },
  });
});

test.each([
  ['?search=int', ['INT orders']],
  ['?search=%20INT%20', ['INT orders']],
  ['?search=5637144576', ['Nightly posting']],
  ['?search=payroll', []],
  ['?search=', ['Nightly posting', 'INT orders']],
  ['?limit=1', ['Nightly posting']],
])('F&O is asked for %s', async (query, expected) => {
  await using service = await aService({ jobs });
  await service.sandbox.run(nightlyPosting.jobId);
  const { body } = await service.get(`environments/Default/batch-jobs${query}`);
  expect(body).toMatchObject({ value: expected.map((description) => ({ description })) });
  expect(body['value']).toHaveLength(expected.length);
});

test.each([
  ['environments/nowhere/batch-jobs', 'unknown-environment'],
  ['environments/default/batch-jobs?limit=201', 'invalid-parameter'],
  [`environments/default/batch-jobs?search=${'x'.repeat(101)}`, 'invalid-parameter'],
])('%s is refused: %s', async (path, kind) => {
  await using service = await aService();
  expect(await service.get(path)).toMatchObject({
    status: 422,
    body: { type: `urn:batch-retry:problem:${kind}` },
  });
});

test.each(['forbidden', 'html', 'reset'] as const)(
  'when F&O does not answer a list (%s), that is told as 503',
  async (kind) => {
    await using service = await aService();
    service.sandbox.faults.add({ kind }, { on: 'list', times: 3 });
    const answer = await service.get('environments/default/batch-jobs');
    expect(answer).toMatchObject({
      status: 503,
      body: {
        type: 'urn:batch-retry:problem:fno-unavailable',
        detail: expect.stringMatching(/^F&O did not list .+\.$/),
      },
    });
  },
);
