import { expect, test } from 'vitest';
import { maxEvents, openEnvelopes } from '../../../src/events/envelopes/open-envelopes.ts';
import { parseLosslessJson } from '../../../src/events/lossless-json.ts';

const none = { organization: null, topic: null };

function open(body: unknown, headers: Record<string, string> = {}) {
  return openEnvelopes(body, (name) => headers[name] ?? null);
}

/** The one event that a body holds. */
function one(body: unknown, headers?: Record<string, string>) {
  const opened = open(body, headers);
  if (opened.kind !== 'one') throw new Error(`It is ${opened.kind}.`);
  return opened.arrived;
}

function parsed(text: string): unknown {
  const json = parseLosslessJson(text);
  if (!json.ok) throw new Error(json.reason);
  return json.value;
}

type Unreadable = [
  title: string,
  body: unknown,
  headers: Record<string, string>,
  pointer: string,
  message: string,
];

const event = { BusinessEventId: 'BatchJobFailedBusinessEvent', EventId: 'x', JobId: 7 };
const grid = { id: '1', subject: '', eventType: 'e', topic: 't', data: event };
const cloud = { specversion: '1.0', id: '1', type: 'e', source: 's', data: event };

test('what is in no known envelope is taken for the event itself', () => {
  for (const value of [event, {}, 7, 'text', null, { data: event }, { eventType: 'e' }, { body: null }]) {
    expect(one(value)).toEqual({ kind: 'event', value, via: 'flat', sender: none, place: '', inside: '' });
  }
});

test('of several envelopes the outermost is kept, and the place names the way through all of them', () => {
  const text = JSON.stringify([grid]);
  const base64 = Buffer.from(text).toString('base64');
  const opened = open({ body: { '$content-type': 'application/json', $content: base64 } });
  expect(opened).toEqual({
    kind: 'several',
    arrived: [
      {
        kind: 'event',
        value: event,
        via: 'power-automate',
        sender: { organization: null, topic: 't' },
        place: '/body/$content/0',
        inside: '/data',
      },
    ],
  });
});

test('headers that a flow hands on count for what is in its body', () => {
  const headers = { 'CE-SpecVersion': '1.0', 'ce-source': 'https://contoso.example.com' };
  expect(one({ headers, body: event })).toMatchObject({
    via: 'power-automate',
    sender: { topic: 'https://contoso.example.com' },
  });
});

test.each([
  ['Body', { Headers: { 'CE-SpecVersion': '1.0', 'ce-source': 's' }, Body: event }],
  ['BODY', { HEADERS: { 'CE-SpecVersion': '1.0', 'ce-source': 's' }, BODY: JSON.stringify(event) }],
])('what a flow forwards is known in any case: %s', (name, body) => {
  const sender = { topic: 's' };
  expect(one(body)).toMatchObject({ value: event, via: 'power-automate', inside: `/${name}`, sender });
});

test('an event with a field named body is the event itself', () => {
  const own = { ...event, body: 'The text of an e-mail', Body: {} };
  expect(one(own)).toMatchObject({ value: own, via: 'flat' });
});

test('JSON text is opened outside of every envelope, and as the data of a CloudEvent in headers', () => {
  const headers = { 'ce-specversion': '1.0', 'ce-source': 's' };
  const text = JSON.stringify(event);
  expect(one(text)).toMatchObject({ kind: 'event', value: event, via: 'flat' });
  expect(one(text, headers)).toMatchObject({ value: event, via: 'cloud-events', sender: { topic: 's' } });
  expect(open(JSON.stringify([event]), headers)).toMatchObject({
    kind: 'several',
    arrived: [{ value: event, via: 'cloud-events', place: '/0' }],
  });
});

test('envelopes within envelopes are opened up to a limit', () => {
  const wrapped = (times: number): unknown => (times === 0 ? event : { body: wrapped(times - 1) });
  expect(one(wrapped(6))).toMatchObject({ kind: 'event', value: event });
  expect(one(wrapped(7))).toMatchObject({
    kind: 'unreadable',
    violation: { message: 'has too many envelopes' },
  });
  const quoted = (times: number): string => JSON.stringify(times === 0 ? event : quoted(times - 1));
  expect(one({ body: quoted(20) })).toMatchObject({ kind: 'unreadable' });
});

test('a list within a list is no event', () => {
  expect(open([event, [event], { body: [event] }])).toMatchObject({
    kind: 'several',
    arrived: [
      { kind: 'event' },
      { kind: 'unreadable', place: '/1', violation: { message: 'must be an object' } },
      { kind: 'unreadable', place: '/2', violation: { message: 'must be an object' } },
    ],
  });
});

test('more events than are taken at once are counted, not opened', () => {
  expect(open({ body: Array.from({ length: maxEvents + 1 }, () => ({})) })).toEqual({
    kind: 'too-many',
    count: maxEvents + 1,
  });
});

test.each([
  ['a CloudEvent of another version', { ...cloud, specversion: '0.3' }, {}, '/specversion', 'must be 1.0'],
  [
    'a CloudEvent of another version in headers',
    event,
    { 'ce-specversion': '0.3' },
    '',
    'ce-specversion 1.0',
  ],
  ['a CloudEvent of nothing', { specversion: '1.0' }, {}, '/data', 'is required'],
  ['base64 that is none', { specversion: '1.0', data_base64: 'é' }, {}, '/data_base64', 'must be base64'],
  ['base64 of no UTF-8', { $content: '/w==' }, {}, '/$content', 'must be base64'],
  ['text that is no JSON', { ...grid, data: '{"JobId":' }, {}, '', 'must be JSON text'],
  [
    'a question of Event Grid without its code',
    { ...grid, eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent' },
    {},
    '/data/validationCode',
    'must be the code',
  ],
  [
    'a context that was too large for Dataverse',
    { MessageName: 'm' },
    { 'x-ms-dynamics-organization': 'o', 'x-ms-dynamics-msg-size-exceeded': 'True' },
    '',
    'was too large for Dataverse',
  ],
  [
    'a context of something else',
    { InputParameters: [{ key: 'Target', value: { Attributes: [{ key: 'name', value: 'x' }] } }] },
    { 'x-ms-dynamics-request-name': 'Create' },
    '/InputParameters',
    'of the Dataverse webhook of "Create" holds no business event',
  ],
] satisfies Unreadable[])(
  '%s cannot be read, and its place is named',
  (_title, body, headers, pointer, message) => {
    expect(one(body, headers)).toMatchObject({
      kind: 'unreadable',
      violation: { pointer, message: expect.stringContaining(message) },
    });
  },
);

const prefixed = '"mserp_businesseventid":"B","MSERP_EventId":"x","mserp_JobId":';

test.each([
  ['a number', '9223372036854775807'],
  ['text', '"9223372036854775807"'],
  ['an option', '{"Value":9223372036854775807}'],
  ['an option of text', '{"Value":"9223372036854775807"}'],
])('a job id that Dataverse hands on as %s keeps every digit', (_title, jobId) => {
  const body = parsed(`{"InputParameters":{${prefixed}${jobId},"Other":1}}`);
  expect(one(body)).toMatchObject({
    via: 'dataverse',
    value: { BusinessEventId: 'B', EventId: 'x', JobId: 9223372036854775807n },
    inside: '/InputParameters',
  });
});

test.each([
  ['the root', `{${prefixed}7,"InputParameters":[]}`, ''],
  [
    'the parameters',
    `{"InputParameters":[{"key":"mserp_EventId","value":"x"},{"key":"JobId","value":7},{"key":"BusinessEventId","value":"B"}]}`,
    '/InputParameters',
  ],
  [
    'the text of a parameter',
    `{"InputParameters":[{"key":"a/b","value":" {\\"BusinessEventId\\":\\"B\\",\\"EventId\\":\\"x\\",\\"JobId\\":7}"}]}`,
    '/InputParameters/a~1b',
  ],
  [
    'the attributes of a parameter',
    `{"InputParameters":[{"key":"Target","value":{"Attributes":[{"key":"mserp_businesseventid","value":"B"},{"key":"mserp_eventid","value":"x"},{"key":"mserp_jobid","value":"7"}]}}]}`,
    '/InputParameters/Target/Attributes',
  ],
  [
    'pairs in the text of a parameter',
    `{"InputParameters":[{"key":"Fields","value":"[{\\"key\\":\\"BusinessEventId\\",\\"value\\":\\"B\\"},{\\"key\\":\\"mserp_eventid\\",\\"value\\":\\"x\\"},{\\"key\\":\\"JobId\\",\\"value\\":7}]"}]}`,
    '/InputParameters/Fields',
  ],
])('the fields of a Dataverse event are found in %s', (_title, text, inside) => {
  expect(one(parsed(text))).toMatchObject({
    kind: 'event',
    value: { BusinessEventId: 'B', EventId: 'x', JobId: 7 },
    inside,
  });
});

const list = [
  { mserp_EventId: 'x', mserp_JobId: '7' },
  5,
  { Attributes: [{ key: 'BusinessEventId', value: 'B' }] },
];

test.each([
  ['a list', list],
  ['the text of a list', JSON.stringify(list)],
])('the events of a Dataverse parameter that holds %s are found, each in its place', (_title, events) => {
  const context = {
    MessageName: 'mserp_M',
    InputParameters: [
      { key: 'Other', value: '[1]' },
      { key: 'Events', value: events },
    ],
  };
  const inside = { via: 'dataverse', sender: none, inside: '' };
  expect(open(context)).toMatchObject({
    kind: 'several',
    arrived: [
      {
        kind: 'event',
        value: { BusinessEventId: 'M', EventId: 'x', JobId: 7 },
        place: '/InputParameters/Events/0',
        ...inside,
      },
      { kind: 'event', value: 5 },
      { kind: 'event', value: { BusinessEventId: 'B' }, place: '/InputParameters/Events/2', ...inside },
    ],
  });
});

test('a Dataverse event that does not name itself is named by its message', () => {
  const InputParameters = { EventId: 'x', JobId: 7 };
  expect(one({ MessageName: 'mserp_BatchJobFailed', InputParameters })).toMatchObject({
    value: { BusinessEventId: 'BatchJobFailed' },
  });
});

test('what objects inherit counts for nothing', () => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    const body = parsed(
      `{"${key}":{"specversion":"1.0","body":{},"$content":"e30=","InputParameters":{}},"JobId":7}`,
    );
    expect(one(body)).toMatchObject({ kind: 'event', via: 'flat' });
    expect(one(parsed(`{"InputParameters":{"${key}":{"EventId":"x","JobId":7}}}`))).toMatchObject({
      value: { EventId: 'x', JobId: 7 },
    });
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
});
