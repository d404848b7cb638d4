import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aService, nightlyPosting } from '../../helpers/a-service.ts';
import { minute } from '../playing.ts';
import { watchFor } from './watching.ts';

const well: NewBatchJob = { ...nightlyPosting, script: { kind: 'succeed' } };
const expectations = { maxDuration: 'PT1H', startWithin: 'PT15M' };

test.each([
  ['ids', { jobId: [well.jobId] }],
  ['descriptions', { description: 'Nightly*' }],
])(
  'with 5,000 jobs that nobody listed, an hour costs 12 looks of two searches (listed by %s)',
  async (_by, match) => {
    const policy = { jobs: [{ name: 'Nightly', match, expect: expectations }] };
    await using service = await aService({ jobs: [well], policy, sandbox: { history: {} } });
    const { sandbox } = service;
    sandbox.addBackgroundJobs({ count: 5000, everyMs: 60 * minute, runMs: 10 * minute, failEvery: 3 });
    await service.service.watch();
    await watchFor(service, 70 * minute);

    const before = sandbox.requests.length;
    const running = sandbox.run(well.jobId, 60 * minute);
    await watchFor(service, 60 * minute);
    await running;
    const asked = sandbox.requests.slice(before).filter(({ route }) => route !== 'token');
    const routes = asked.map(({ route }) => route);
    expect(routes.filter((route) => route === 'list')).toHaveLength(12);
    expect(routes.filter((route) => route === 'history')).toHaveLength(12);
    expect(asked).toHaveLength(24);
    console.log(`Requests an hour: ${asked.length}, with 5,000 unlisted jobs`);
  },
);
