import { expect, test } from 'vitest';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import { aService, failureEvent, nightlyPosting, type TestService } from '../../helpers/a-service.ts';
import { minute } from '../playing.ts';
import { watchFor } from './watching.ts';

const { jobId } = nightlyPosting;
const statusLabels = { Error: 'Fehler', Finished: 'Beendet\nvor 1 h' };

/** The lines about a status. */
function warnings({ lines }: TestService): string[] {
  return lines.filter((line) => line.includes('which the service does not know'));
}

test.each<[string, Partial<NewBatchJob>]>([
  ['of a job', {}],
  ['in the batch history', { recurrence: { everyMs: 60 * minute } }],
])('a status %s that the service does not know is told once, and nothing is guessed', async (_of, more) => {
  const jobs = [jobId, '2'].map((id) => ({
    ...nightlyPosting,
    ...more,
    jobId: id,
    traits: { statusLabels },
  }));
  await using service = await aService({ jobs, sandbox: { history: {} } });
  await service.service.watch();
  for (const job of jobs) await failureEvent(service, job.jobId);
  await watchFor(service, 30 * minute);

  expect(warnings(service)).toHaveLength(1);
  expect(warnings(service)[0]).toContain(
    'The watch of default: F&O shows the status "Fehler", which the service does not know',
  );
  expect(service.sandbox.requeues(jobId)).toBe(0);
  const { body } = await service.get(`batch-jobs/${jobId}/runs`);
  expect(body['value']).toMatchObject([{ end: 'ended', learned: null }]);
});

test('each status that is not known is told on a line of its own, whatever it holds', async () => {
  const jobs = [
    { ...nightlyPosting, traits: { statusLabels } },
    { ...nightlyPosting, jobId: '2', script: { kind: 'succeed' } as const, traits: { statusLabels } },
  ];
  await using service = await aService({ jobs });
  await service.service.watch();
  await failureEvent(service);
  await service.sandbox.run('2');
  await watchFor(service, 10 * minute);
  expect(warnings(service)).toHaveLength(2);
  expect(warnings(service).join()).toContain(String.raw`"Beendet\nvor 1 h"`);
});
