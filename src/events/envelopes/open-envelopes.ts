import type { Envelope } from '../../domain/failure.ts';
import { parseLosslessJson } from '../lossless-json.ts';
import { isObject, type Violation } from '../schema-validator.ts';
import { openCloudEvent } from './cloud-events.ts';
import { openDataverse } from './dataverse.ts';
import { openEventGrid } from './event-grid.ts';
import { openPowerAutomate } from './power-automate.ts';
import { type HeaderReader, noHeaders, type Opener, type Sender } from './wrapping.ts';

/** A body of 1 MiB holds fewer real events. */
export const maxEvents = 5000;

/** No sender nests deeper: a flow's body, its base64, an Event Grid batch, the JSON text in its data. */
const maxDepth = 6;

/** Each recognizes its envelope by shape and headers. A value that none of them recognizes is the event itself. */
const openers: readonly Opener[] = [openDataverse, openCloudEvent, openEventGrid, openPowerAutomate];

/** The events of a body. */
export type Opened =
  | { kind: 'one'; arrived: Arrived }
  | { kind: 'several'; arrived: Arrived[] }
  | { kind: 'too-many'; count: number };

export type Arrived = {
  /**
   * Where the event sits in the body, as JSON pointers: its place in the list, and its path inside its envelopes.
   */
  place: string;
  inside: string;
} & (
  | { kind: 'event'; value: unknown; via: Envelope; sender: Sender }
  /** Event Grid validates the endpoint: the answer must hold the code. */
  | { kind: 'handshake'; validationCode: string }
  | { kind: 'unreadable'; violation: Violation }
);

/** Finds the events in losslessly parsed JSON, however they are wrapped. Does not read the events themselves. */
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
  /** The outermost envelope; null if there is none. */
  via: Envelope | null;
  sender: Sender;
  place: string;
  inside: string;
  depth: number;
};

/** Opens envelope after envelope, until it reaches the event or a list of possible events. */
function open(layer: Layer): Arrived | { kind: 'list'; items: unknown[]; layer: Layer } {
  const { value, via, depth } = layer;
  if (depth > maxDepth) return unreadable(layer, '', 'has too many envelopes');
  if (Array.isArray(value)) return { kind: 'list', items: value, layer };
  if (typeof value === 'string') {
    const json = parseLosslessJson(value);
    if (json.ok) return open({ ...layer, value: json.value, depth: depth + 1 });
    if (via !== null) return unreadable(layer, '', `must be JSON text (${json.reason.replace(/\.$/, '')})`);
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
