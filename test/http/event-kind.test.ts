import { expect, test } from 'vitest';
import { makeEnvelopes } from '../fixtures/make-envelopes.ts';
import { aService, failureEvent, nightlyPosting, readAnswer } from '../helpers/a-service.ts';
import { everyJob } from '../helpers/policies.ts';
import { anEvent, eventId } from '../hosts/an-event.ts';
import { askRoute } from '../helpers/ask-route.ts';

const shadow = { jobs: [{ ...everyJob.jobs[0], mode: 'shadow' }] };
const unknown = { BusinessEventId: '"ContosoBatchAuftrag"', JobStatus: '"Fehler"' };

test('?event=failed has an event requeued whose id and JobStatus nothing knows', async () => {
  await using service = await aService();
  const event = (await failureEvent(service))
    .replace('BatchJobFailedBusinessEvent', 'ContosoBatchAuftrag')
    .replace('"JobStatus":"Error"', '"JobStatus":"Fehler"');
  expect(event).toContain('Fehler');
  expect(await service.deliver(event, '?event=failed')).toMatchObject({
    status: 200,
    body: { decision: 'requeued', retry: 1 },
  });
  expect(service.sandbox.requeues(nightlyPosting.jobId)).toBe(1);
});

test.each([
  ['failed', 'shadow', /./],
  ['FAILED', 'shadow', /./],
  ['finished', 'ignored', /finished/],
  ['started', 'ignored', /job started/],
  ['cancelled', 'ignored', /job was canceled/],
  ['canceled', 'ignored', /job was canceled/],
])('?event=%s sets the kind of all that come by it, also in a list: %s', async (kind, decision, reason) => {
  await using service = await aService({ policy: shadow });
  const events = [unknown, { BusinessEventId: '"BatchJobFinishedBusinessEvent"' }, {}].map((fields, index) =>
    anEvent({ ...fields, EventId: `"${eventId(index)}"`, JobId: String(index + 1) }),
  );
  const answer = { decision, reason: expect.stringMatching(reason) };
  expect(await service.deliver(`[${events.join(',')}]`, `?event=${kind}`)).toMatchObject({
    status: 200,
    body: [answer, answer, answer],
  });
});

/** Each of a run of its own: another event of the same run would be a duplicate. */
function ofRun(index: number) {
  const at = Date.UTC(2026, 2, 2, 0, index);
  return {
    EventId: `"${eventId(index)}"`,
    JobEndUtcDateTime: `"/Date(${at})/"`,
    EventTimeIso8601: `"${new Date(at).toISOString()}"`,
  };
}

test('?event=failed sets the kind in every envelope', async () => {
  await using service = await aService({ policy: shadow });
  const route = service.service.routes.find(({ name }) => name === 'business-events');
  const names = Object.keys(await makeEnvelopes(anEvent()));
  expect(names.length).toBeGreaterThan(10);
  for (const [index, name] of names.entries()) {
    const made = await makeEnvelopes(anEvent({ ...unknown, ...ofRun(index) }));
    const request = new Request('http://127.0.0.1/api/business-events?event=failed', {
      method: 'POST',
      ...made[name],
    });
    const { body } = await readAnswer(route ? await askRoute(route, request) : new Response('{}'));
    const [one]: unknown[] = Array.isArray(body) ? body : [body];
    expect({ name, one }).toMatchObject({ name, one: { decision: 'shadow' } });
  }
});

test('the test event is known whatever the address says', async () => {
  await using service = await aService();
  const event = '{"BusinessEventId":"BusinessEventsTestEndpointContract","EventId":"E1","ControlNumber":1}';
  expect(await service.deliver(event, '?event=failed')).toMatchObject({
    status: 200,
    body: { decision: 'ignored', reason: expect.stringContaining('test event') },
  });
});

test('another value is refused, with those that are known', async () => {
  await using service = await aService();
  expect(await service.deliver(anEvent(), '?event=fehler')).toMatchObject({
    status: 422,
    body: {
      type: 'urn:batch-retry:problem:invalid-parameter',
      detail: 'event is "fehler"; it must be one of failed, finished, started, cancelled.',
    },
  });
});

test('an event that nothing identifies is ignored with what to set, and announced once an id', async () => {
  await using service = await aService();
  for (const [index, JobStatus] of ['"Fehler"', '"Fehler"', '3', '{"Value":3}'].entries()) {
    const event = anEvent({ ...unknown, JobStatus, EventId: `"${eventId(index)}"` });
    expect(await service.deliver(event)).toMatchObject({
      status: 200,
      body: {
        decision: 'ignored',
        jobId: nightlyPosting.jobId,
        eventId: eventId(index),
        reason: expect.stringMatching(/FAILED_EVENT_ID=ContosoBatchAuftrag, or .*\?event=failed/),
      },
    });
  }
  await service.deliver(anEvent({ ...unknown, BusinessEventId: '"Other"' }));
  const announced = service.lines.filter((line) => line.includes('ATTENTION'));
  expect(announced).toEqual([
    expect.stringContaining('its BusinessEventId is ContosoBatchAuftrag'),
    expect.stringContaining('its BusinessEventId is Other'),
  ]);
});

test('what cannot be read is logged once a form and field, and decides nothing', async () => {
  await using service = await aService({ policy: shadow });
  for (const [index, end] of ['"01.03.2026"', '"02.03.2026"', '{}'].entries()) {
    const event = anEvent({ ...ofRun(index), JobEndUtcDateTime: end });
    expect((await service.deliver(event)).body).toMatchObject({ decision: 'shadow' });
  }
  const warnings = service.lines.filter((line) => line.includes('cannot be read as a time'));
  expect(warnings).toEqual([
    expect.stringContaining('JobEndUtcDateTime came as text like "99.99.9999", which'),
    expect.stringContaining('JobEndUtcDateTime came as an object, which'),
  ]);
});
