import { expect, test } from 'vitest';
import { notificationEvents } from '../../../src/domain/job/outcomes.ts';
import { healthy } from '../../../src/ports/subscriptions.ts';
import { nightlyPosting } from '../../helpers/a-service.ts';
import { aServiceWithCauses, type ServiceWithCauses } from '../../helpers/a-service-with-causes.ts';
import { startCallbackServer } from '../../helpers/callback-server.ts';
import { everyJob } from '../../helpers/policies.ts';

const { jobId } = nightlyPosting;
const secret = 'hunter2hunter2';

/** What no text may bring along, each as F&O might word it. */
const secrets = `jane.doe@contoso.com, Bearer ${secret}, https://x.example/?code=${secret}&sig=${secret}, Password=${secret}; AccountKey=${secret}==, {"client_secret":"${secret}"}, Authorization: Basic ${secret}`;

const texts: [what: string, text: string][] = [
  ['a megabyte', `${secrets} ${'x'.repeat(1_000_000)}`],
  ['a megabyte of secrets', `${secrets}\n`.repeat(4000)],
  ['markup', `<img src=x onerror=alert(1)> [a](javascript:alert(1)) {{=1+1}} ${secrets} </script>`],
  ['halves of characters', `\ud800 ${secrets} \udc00\ud800`],
  ['a character that the cut goes through', `${'x'.repeat(1999)}😀${secrets}`],
  ['control characters', `\u0000\u001b[2J\u0007 ${secrets}\r\nATTENTION  -  \u0085\u009f`],
  ['JSON', JSON.stringify({ error: { message: secrets, 'a"b\\': '\u2028' } })],
];

test.each(texts)(
  'of %s nothing secret leaves the service, and all that leaves is plain text',
  async (_, text) => {
    await using server = await startCallbackServer();
    await using service = await aServiceWithCauses({
      policy: { defaults: { maxRetries: 1 }, ...everyJob },
      settings: { CALLBACK_HOSTS: server.origin, ERROR_TEXT_FIELD: 'errorText' },
    });
    await service.subscriptions.add({
      id: '4f0a',
      callbackUrl: `${server.origin}/`,
      events: notificationEvents,
      environment: null,
      jobId: null,
      createdAt: service.clock.now(),
      ...healthy,
    });
    await service.service.watch();
    await service.fail();
    service.write({ text, properties: { ClassName: text } });
    service.write({
      text,
      kind: 'BatchTaskFailure',
      properties: { EventMessage: text, ExceptionType: text },
    });
    await service.pass(6);
    await service.service.watch();
    await failWithText(service, text);
    await service.pass(10);
    await service.service.watch();

    const left = [...(await answersOf(service)), ...server.received.map(({ body }) => body)];
    const told = server.received.map(({ body }) => new Map(Object.entries(Object(body))).get('event'));
    expect(told).toEqual(expect.arrayContaining(['requeued', 'exhausted', 'cause']));
    expect(await service.causesInHistory()).toHaveLength(2);
    const all = left.flatMap((one) => stringsOf(one));
    expect(all.filter((one) => one.includes(secret) || one.includes('jane'))).toEqual([]);
    expect(all.filter((one) => !one.isWellFormed() || /[^\P{Cc}\t\n\r]/u.test(one))).toEqual([]);
    // A timeline for people holds the texts of several entries.
    const long = all.filter((one) => one.length > 2000 && !/^\d{4}-\d\d-\d\d \d\d:\d\d UTC: /.test(one));
    expect(long).toEqual([]);
    const lines = service.lines.join('');
    expect(lines).not.toMatch(new RegExp(`${secret}|jane|onerror|\\p{Cc}`, 'u'));
    expect(Math.max(...service.lines.map(({ length }) => length))).toBeLessThan(600);
    const kept = await service.composed.ports.causes.since('default', new Date(0), null, 10);
    expect(kept).toHaveLength(2);
    for (const { className } of kept) expect(className?.length ?? 0).toBeLessThanOrEqual(200);
    expect(JSON.stringify(kept)).not.toMatch(new RegExp(`${secret}|jane`));
  },
);

async function failWithText(service: ServiceWithCauses, text: string): Promise<void> {
  service.sandbox.startNow(jobId, 'person');
  await service.sandbox.run(jobId);
  const event: Record<string, unknown> = JSON.parse(service.sandbox.failedEvent(jobId));
  const { jobId: id } = nightlyPosting;
  const body = JSON.stringify({ ...event, ErrorText: text }).replace(/"JobId":\d+/, `"JobId":${id}`);
  expect((await service.deliver(body)).status).toBe(200);
}

/** What the routes answer about jobs, runs and causes: the connector gives the same. */
async function answersOf(service: ServiceWithCauses): Promise<unknown[]> {
  const paths = [
    'causes',
    'runs',
    'batch-jobs',
    `batch-jobs/${jobId}`,
    `batch-jobs/${jobId}/runs`,
    `batch-jobs/${jobId}/history?limit=100`,
    'dead-letters',
    'ready',
  ];
  const answers: unknown[] = [];
  for (const path of paths) {
    const { status, body } = await service.get(path);
    expect([path, status]).toEqual([path, 200]);
    answers.push(body);
  }
  expect(answers[1]).toMatchObject({ value: [{}, {}] });
  return answers;
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => [name, ...stringsOf(one)]);
}
