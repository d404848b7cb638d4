import type { Envelope } from '../../domain/failure.ts';
import { parseLosslessJson } from '../lossless-json.ts';
import { isObject, type Violation } from '../schema-validator.ts';
import { openCloudEvent } from './cloud-events.ts';
import { openDataverse } from './dataverse.ts';
import { openEventGrid } from './event-grid.ts';
import { openPowerAutomate } from './power-automate.ts';
import { type HeaderReader, noHeaders, type Opener, type Sender } from './wrapping.ts';

/** More than fit into 1 MiB of real events. */
export const maxEvents = 5000;

/** More than any sender wraps: a flow's body, its base64, a batch of Event Grid, the text of its data. */
const maxDepth = 6;

/** Each tells its own by shape and headers; what none of them knows is taken for the event itself. */
const openers: readonly Opener[] = [openDataverse, openCloudEvent, openEventGrid, openPowerAutomate];

/** What a body held. */
export type Opened =
  | { kind: 'one'; arrived: Arrived }
  | { kind: 'several'; arrived: Arrived[] }
  | { kind: 'too-many'; count: number };

export type Arrived = {
  /** Where in the body it was: JSON pointers of its place in the list, and of the event inside its envelopes. */
  place: string;
  inside: string;
} & (
  | { kind: 'event'; value: unknown; via: Envelope; sender: Sender }
  /** Event Grid's question, to be answered with the code. */
  | { kind: 'handshake'; validationCode: string }
  | { kind: 'unreadable'; violation: Violation }
);

/** Finds the events in losslessly parsed JSON, however they are wrapped. What they are is told afterwards. */
export function openEnvelopes(body: unknown, header: HeaderReader): Opened {
  const outside = { via: null, sender: { organization: null, topic: null }, place: '', inside: '', depth: 0 };
  const opened = open({ ...outside, value: body, header });
  if (opened.kind !== 'list') return { kind: 'one', arrived: opened };
  const { items, layer } = opened;
  if (items.length > maxEvents) return { kind: 'too-many', count: items.length };
  const arrived = items.map((value, index): Arrived => {
    const place = `${layer.place}${layer.inside}/${index}`;
    const item = { ...layer, value, place, inside: '', depth: layer.depth + 1 };
    const one = open(item);
    return one.kind === 'list' ? unreadable(item, '', 'must be an object') : one;
  });
  return { kind: 'several', arrived };
}

type Layer = {
  value: unknown;
  header: HeaderReader;
  /** The outermost envelope, if there was one. */
  via: Envelope | null;
  sender: Sender;
  place: string;
  inside: string;
  depth: number;
};

/** Opens envelope after envelope, up to the event or to a list of what may be events. */
function open(layer: Layer): Arrived | { kind: 'list'; items: unknown[]; layer: Layer } {
  const { value, via, depth } = layer;
  if (depth > maxDepth) return unreadable(layer, '', 'is wrapped too often');
  if (Array.isArray(value)) return { kind: 'list', items: value, layer };
  if (typeof value === 'string' && via !== null) {
    const json = parseLosslessJson(value);
    if (!json.ok)
      return unreadable(layer, '', `must be the text of JSON (${json.reason.replace(/\.$/, '')})`);
    return open({ ...layer, value: json.value, depth: depth + 1 });
  }
  return openObject(layer);
}

function openObject(layer: Layer): ReturnType<typeof open> {
  const { value, header, via, sender, place, inside, depth } = layer;
  for (const opener of isObject(value) ? openers : []) {
    const content = isObject(value) ? opener(value, header) : null;
    if (content?.kind === 'handshake') return { ...content, place, inside };
    if (content?.kind === 'unreadable') return unreadable(layer, content.pointer, content.message);
    if (content) {
      return open({
        value: content.value,
        header: content.header ?? noHeaders,
        via: via ?? content.via,
        sender: {
          organization: content.sender?.organization ?? sender.organization,
          topic: content.sender?.topic ?? sender.topic,
        },
        place,
        inside: `${inside}${content.pointer}`,
        depth: depth + 1,
      });
    }
  }
  return { kind: 'event', value, via: via ?? 'flat', sender, place, inside };
}

function unreadable({ place, inside }: Layer, pointer: string, message: string): Arrived {
  return { kind: 'unreadable', place, inside, violation: { pointer, message } };
}
