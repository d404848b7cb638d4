import { aService, failureEvent, nightlyPosting } from '../../test/helpers/a-service.ts';

const eventId = 'A5EE370E-BC78-4992-B59D-678EBCA4A1A9';
const shown = ['BusinessEventId', 'EventId', 'JobDescription', 'JobEndUtcDateTime', 'JobId', 'JobStatus'];

/** What the service really answers, on a simulated F&O and by a clock that stands still. */
export async function routeExamples(): Promise<string> {
  await using service = await aService({ policy: { jobs: [{ name: 'All', match: { jobId: '*' } }] } });
  const text = (await failureEvent(service)).replace(/(?<="EventId":\s*")[^"]+/, eventId);
  const event: Record<string, unknown> = JSON.parse(text);
  const { jobId } = nightlyPosting;
  const answers = [
    await service.deliver(text),
    await service.get(`batch-jobs/${jobId}`),
    await service.get(`batch-jobs/${jobId}/history`),
  ];
  const shortened = Object.fromEntries(shown.map((field) => [field, event[field]]));
  return [
    'An event (shortened), its answer, then the job and its history:',
    ...[shortened, ...answers.map(({ body }) => body)].map(json),
  ].join('\n\n');
}

function json(value: unknown): string {
  return ['```json', JSON.stringify(value, null, 2), '```'].join('\n');
}
