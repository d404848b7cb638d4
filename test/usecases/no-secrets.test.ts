import { expect, test } from 'vitest';
import { aService, failureEvent, nightlyPosting } from '../helpers/a-service.ts';

const jobId = nightlyPosting.jobId;
const said =
  'Locked by jane.doe@example.com. Authorization: Bearer eyJhbGciOi.eyJzdWIi.c2ln, see https://contoso.com/?sig=hunter2&code=hunter3';

test("F&O's words lose addresses, tokens and keys before they reach answer, history, log and notification", async () => {
  const description = 'Nightly posting for jane.doe@example.com';
  await using service = await aService({ jobs: [{ ...nightlyPosting, description }] });
  await service.post('subscriptions', {
    callbackUrl: 'https://prod-01.westeurope.logic.azure.com/workflows/1?sig=x',
  });
  service.sandbox.faults.add({ kind: 'refused', message: said }, { on: 'action' });
  const answer = await service.deliver(await failureEvent(service));
  const history = await service.get(`batch-jobs/${jobId}/history`);

  expect(answer.body['decision']).toBe('refused');
  const clean = 'Locked by (e-mail address) Authorization: Bearer (token)';
  for (const { body } of [answer, history]) {
    expect(JSON.stringify(body)).toContain(clean);
    expect(JSON.stringify(body)).not.toMatch(/jane\.doe@example\.com. Auth|eyJ|hunter/);
  }
  const log = service.lines.join('\n');
  expect(log).toContain('Nightly posting for (e-mail address)');
  expect(log).not.toMatch(/jane|eyJ|hunter/);
});

test('what F&O says of a read is clean, too', async () => {
  await using service = await aService();
  service.sandbox.faults.add({ kind: 'business-error', message: said }, { on: 'read', times: 9 });
  await service.deliver(await failureEvent(service));
  const history = JSON.stringify((await service.get(`batch-jobs/${jobId}/history`)).body);
  expect(history).toContain('deferred');
  expect(history).not.toMatch(/jane|eyJ|hunter/);
});
