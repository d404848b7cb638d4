import * as fc from 'fast-check';
import { anEvent, eventId } from '../hosts/an-event.ts';
import { listedJobId } from './mutated-text.ts';

/** A request whose body is an event, or what may be taken for one, in envelopes of every kind. */
export type Wrapped = { headers: Record<string, string>; body: string };

type Wrapper = (inside: string) => string;

const text: Wrapper = (inside) => JSON.stringify(inside);
const base64: Wrapper = (inside) => JSON.stringify(Buffer.from(inside).toString('base64'));
const base = '"id":"1","subject":"s","topic":"t","source":"s","type":"e","eventType":"e"';

const wrappers: Wrapper[] = [
  text,
  (inside) => `[${inside}]`,
  (inside) => `[${inside},${inside}]`,
  (inside) => `{${base},"data":${inside}}`,
  (inside) => `[{${base},"data":${text(inside)}}]`,
  (inside) => `{${base},"specversion":"1.0","data":${inside}}`,
  (inside) => `{${base},"specversion":"1.0","data_base64":${base64(inside)}}`,
  (inside) => `{${base},"specversion":"0.3","data":${inside}}`,
  (inside) => `{"MessageName":"mserp_X","InputParameters":[{"key":"k","value":${text(inside)}}]}`,
  (inside) => `{"InputParameters":[{"key":"Target","value":{"Attributes":${inside}}}]}`,
  (inside) => `{"InputParameters":${inside}}`,
  (inside) => `{"body":${inside}}`,
  (inside) => `{"headers":{"ce-specversion":"1.0","x-ms-dynamics-organization":"o"},"body":${inside}}`,
  (inside) => `{"headers":${inside},"body":${inside}}`,
  (inside) => `{"$content-type":"application/json","$content":${base64(inside)}}`,
  (inside) => `{"$content":${inside}}`,
];

const names = [
  '__proto__',
  'constructor',
  'toString',
  'body',
  '$content',
  'headers',
  'data',
  'data_base64',
  'specversion',
  'eventType',
  'id',
  'subject',
  'topic',
  'InputParameters',
  'MessageName',
  'key',
  'value',
  'Attributes',
  'BusinessEventId',
  'EventId',
  'JobId',
  'mserp_jobid',
  'mserp_eventid',
];

/** Objects of the envelopes' own keys, with values of any kind. */
const scrambled = fc.json({ maxDepth: 2 }).chain(
  (leaf) =>
    fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: false },
        fc.constantFrom(leaf, '"1.0"', '""', '7', 'null', '[]', '{}', JSON.stringify(eventId(3))),
        fc
          .uniqueArray(fc.tuple(fc.constantFrom(...names), tie('node')), {
            selector: ([name]) => name,
            maxLength: 5,
          })
          .map((members) => `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`),
        fc.array(tie('node'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
      ),
    })).node,
);

const cut = anEvent({ JobId: listedJobId });

const core = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.nat(40).map((id) => anEvent({ JobId: listedJobId, EventId: `"${eventId(id)}"` })),
  },
  { weight: 2, arbitrary: fc.constant(anEvent({ JobId: '"9223372036854775808"' })) },
  { weight: 2, arbitrary: scrambled },
  {
    weight: 2,
    arbitrary: fc.nat(cut.length).map((end) => cut.slice(0, end)),
  },
);

const header = fc.constantFrom<[string, string][]>(
  [],
  [],
  [],
  [['ce-specversion', '1.0']],
  [['ce-specversion', '2']],
  [['x-ms-dynamics-organization', 'contoso']],
  [['x-ms-dynamics-request-name', 'mserp_BatchJobFailed']],
  [
    ['x-ms-dynamics-organization', 'contoso'],
    ['x-ms-dynamics-msg-size-exceeded', 'true'],
  ],
  [['aeg-event-type', 'SubscriptionValidation']],
);

export const wrapped: fc.Arbitrary<Wrapped> = fc
  .record({
    core,
    layers: fc.array(fc.constantFrom(...wrappers), { maxLength: 4 }),
    header,
    contentType: fc.constantFrom(
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json; charset=utf-8',
    ),
  })
  .map((made) => ({
    headers: Object.fromEntries([...made.header, ['content-type', made.contentType]]),
    body: made.layers.reduce((inside, wrap) => wrap(inside), made.core),
  }));
