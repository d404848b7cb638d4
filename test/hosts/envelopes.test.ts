import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mountRoutes } from '../../src/hosts/azure/mount-functions.ts';
import { listen } from '../../src/hosts/node/listen.ts';
import { makeEnvelopes, organization, type Recorded, topic } from '../fixtures/make-envelopes.ts';
import {
  aService,
  nightlyPosting,
  readAnswer,
  type ServiceSetup,
  type TestService,
} from '../helpers/a-service.ts';
import { type FunctionsHost, startFunctionsHost } from '../helpers/functions-host.ts';
import { anEvent, eventId } from './an-event.ts';
import { aReplaceableService } from './replaceable-service.ts';

const folder = join(import.meta.dirname, '../fixtures/envelopes');
const recorded = globSync('*.json', { cwd: folder }).map((file): [string, Recorded] => [
  basename(file, '.json'),
  JSON.parse(readFileSync(join(folder, file), 'utf8')),
]);
const json = { 'content-type': 'application/json' };

let azure: FunctionsHost;
let mounted: ReturnType<typeof aReplaceableService>;
beforeAll(async () => {
  await using first = await aService();
  mounted = aReplaceableService(first.service);
  azure = await startFunctionsHost(() => mountRoutes(mounted, (_context, handle) => handle()));
});
afterAll(() => azure.close());

type Send = (request: Recorded, query?: string, method?: string) => ReturnType<typeof readAnswer>;

/** Serves a service of its own on the named host, over real HTTP. */
async function on(
  host: string,
  act: (send: Send, service: TestService) => Promise<void>,
  setup?: ServiceSetup,
): Promise<void> {
  await using service = await aService(setup);
  mounted.use(service.service);
  const node = await listen(service.service, { host: '127.0.0.1', port: 0, functionKey: null });
  const url = host === 'node' ? node.url : azure.url;
  const send: Send = async ({ headers, body }, query = '', method = 'POST') => {
    const content = method === 'POST' ? { body } : {};
    return readAnswer(await fetch(`${url}/business-events${query}`, { method, headers, ...content }));
  };
  try {
    await act(send, service);
  } finally {
    await node.close();
  }
}

describe.each(['node', 'azure'])('on the %s host', (host) => {
  test.each(recorded)('the recorded request %s is decided as the flat event is', async (name, request) => {
    await on(host, async (send, service) => {
      await service.sandbox.run(nightlyPosting.jobId);
      const { status, body } = await send(request);

      expect(status).toBe(200);
      expect(Array.isArray(body) ? body : [body]).toEqual([
        {
          decision: 'requeued',
          environment: 'default',
          jobId: nightlyPosting.jobId,
          eventId: eventId(1),
          retry: 1,
          maxRetries: 5,
          policy: 'Every job',
          dueAt: null,
          reason: 'Failure 1 of this episode; F&O set the job to waiting.',
        },
      ]);
      expect(service.sandbox.requeues(nightlyPosting.jobId)).toBe(1);
      const history = await service.get(`batch-jobs/${nightlyPosting.jobId}/history`);
      expect(history.body).toMatchObject({ value: [{ envelope: envelopeOf(name), eventId: eventId(1) }] });
    });
  });

  test('the question whether an Event Grid subscription is wanted is answered with its code', async () => {
    await on(host, async (send) => {
      const question = validation('512d38b6-c7b8-40c8-89fe-f46f9e9622b6');
      expect(await send({ headers: json, body: JSON.stringify([question]) })).toMatchObject({
        status: 200,
        body: { validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' },
      });
    });
  });

  test.each([
    ['a sender that names itself', 'eventgrid.azure.net', 'eventgrid.azure.net', '*'],
    ['nobody', null, null, null],
    ['what is no name', 'two names', null, null],
  ])('CloudEvents are consented to for %s', async (_title, origin, allowed, rate) => {
    await on(host, async (send) => {
      const headers: Record<string, string> = origin === null ? {} : { 'WebHook-Request-Origin': origin };
      const answer = await send({ headers, body: '' }, '?code=key', 'OPTIONS');
      expect(answer).toMatchObject({ status: 200, body: {} });
      expect(answer.headers.get('webhook-allowed-origin')).toBe(allowed);
      expect(answer.headers.get('webhook-allowed-rate')).toBe(rate);
      expect(answer.headers.get('allow')).toBe('OPTIONS, POST');
    });
  });

  test('in one batch, one bad event loses none of the others, and topics lead to their environments', async () => {
    const { 'event-grid-text': made } = await makeEnvelopes(anEvent({ JobId: '7' }));
    const [event]: object[] = JSON.parse(made?.body ?? '[]');
    const body = JSON.stringify([
      event,
      { ...event, topic: topic.toUpperCase().replace('BATCH', 'UAT') },
      { ...event, topic: 'elsewhere' },
      { ...event, data: 'no JSON' },
      { ...event, data: anEvent({ JobId: '"7 "' }) },
    ]);
    await on(
      host,
      async (send) => {
        expect(await send({ headers: json, body })).toMatchObject({
          status: 200,
          body: [
            { decision: 'ignored', environment: 'prod', jobId: '7' },
            { decision: 'ignored', environment: 'uat', jobId: '7' },
            {
              type: 'urn:batch-retry:problem:unknown-environment',
              detail: `eventGridTopic is "elsewhere"; known are: ${topic} (prod), ${topic.replace('batch', 'uat')} (uat).`,
            },
            { status: 422, errors: [{ pointer: '/data', message: expect.stringContaining('JSON') }] },
            { status: 422, errors: [{ pointer: '/data/JobId' }] },
          ],
        });
        expect(await send({ headers: json, body }, '?environment=UAT')).toMatchObject({
          status: 200,
          body: [{ environment: 'uat' }, { environment: 'uat' }, { environment: 'uat' }, {}, {}],
        });
      },
      twoEnvironments,
    );
  });
});

const twoEnvironments: ServiceSetup = {
  policy: { jobs: [] },
  settings: {
    FNO_ORG_URL: '',
    FNO_ENVIRONMENTS: JSON.stringify({
      prod: { orgUrl: 'http://127.0.0.1:1', eventGridTopic: topic, organization },
      uat: {
        orgUrl: 'http://127.0.0.1:2',
        eventGridTopic: topic.replace('batch', 'uat'),
        organization: 'contoso-uat.crm.dynamics.com',
      },
    }),
  },
};

test.each([
  [
    'a Dataverse organisation',
    'dataverse-parameters',
    { 'x-ms-dynamics-organization': 'other.crm.dynamics.com' },
  ],
  ['the source of a CloudEvent', 'cloud-events-binary', { 'ce-source': 'other' }],
])(
  '%s that no environment names is answered 422 with those that are named',
  async (_title, name, changed) => {
    await on(
      'node',
      async (send) => {
        const request = recorded.find(([found]) => found === name)?.[1] ?? { headers: {}, body: '' };
        expect(await send(request)).toMatchObject({ status: 200, body: { environment: 'prod' } });
        const other = { ...request, headers: { ...request.headers, ...changed } };
        expect(await send(other)).toMatchObject({
          status: 422,
          body: {
            type: 'urn:batch-retry:problem:unknown-environment',
            detail: expect.stringMatching(/is "other.*known are: .* \(prod\), .* \(uat\)\.$/),
          },
        });
      },
      twoEnvironments,
    );
  },
);

const largest = '9223372036854775807';
const inText = [
  'event-grid-text',
  'cloud-events-structured-text',
  'cloud-events-binary',
  'cloud-events-base64',
];
const withDigits = recorded
  .map(([name]) => name)
  .filter((name) => !/grid-object|structured$|batch$/.test(name));

test.each(withDigits)('%s carries the largest int64 digit for digit', async (name) => {
  expect(withDigits).toEqual(expect.arrayContaining(inText));
  const { [name]: request } = await makeEnvelopes(
    anEvent({ JobId: largest, ControlNumber: '9007199254740993' }),
  );
  await on(
    'node',
    async (send, { sandbox }) => {
      await sandbox.run(largest);
      const { body } = await send(request ?? { headers: {}, body: '' });
      expect(JSON.stringify(body)).toContain(
        `"decision":"requeued","environment":"default","jobId":"${largest}"`,
      );
      expect(
        sandbox.requests.filter(({ route }) => route === 'action').map(({ rawBody }) => rawBody),
      ).toEqual([`{"batchJobId":${largest}}`]);
    },
    { jobs: [{ ...nightlyPosting, jobId: largest }] },
  );
});

function envelopeOf(name: string): string {
  const known = ['flat', 'event-grid', 'cloud-events', 'dataverse', 'power-automate'];
  return known.find((envelope) => name.startsWith(envelope)) ?? 'unknown';
}

/** As Event Grid documents it. */
function validation(validationCode: string): object {
  return {
    id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66',
    topic,
    subject: '',
    data: { validationCode, validationUrl: 'http://127.0.0.1:1/validate' },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: '2026-03-02T01:00:00.0000000Z',
    metadataVersion: '1',
    dataVersion: '2',
  };
}
