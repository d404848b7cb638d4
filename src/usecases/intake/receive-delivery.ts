import type { EventAnswer } from '../../domain/job/event-answer.ts';
import {
  defaultEnvironment,
  type EnvironmentSenders,
  environmentOf,
} from '../../events/envelopes/environment-of.ts';
import { type Arrived, maxEvents, openEnvelopes } from '../../events/envelopes/open-envelopes.ts';
import type { HeaderReader, Sender } from '../../events/envelopes/wrapping.ts';
import type { EventKind } from '../../events/event-kind.ts';
import { readJsonBytes } from './read-json-bytes.ts';
import type { DeliveredEvent, Received } from './receive-events.ts';
import { environmentNotNamed, invalidEvent, type Rejection, unknownEnvironment } from './rejection.ts';

/** One delivery, over HTTP or from a broker. */
export type Delivery = {
  body: Uint8Array;
  header: HeaderReader;
  /** What its address says about all its events. */
  environment: string | null;
  eventKind: EventKind | null;
};

/** The JSON pointers of an event: of its place in the list, and of the event inside its envelopes. */
type Place = { place: string; inside: string };

/** The result of one event of a delivery. */
export type EventResult = Place &
  (
    | { kind: 'decided'; answer: EventAnswer }
    /** Event Grid asks for the code that it sent. */
    | { kind: 'handshake'; validationCode: string }
    | { kind: 'rejected'; rejection: Rejection }
    /** Nothing durable happened: the sender must deliver everything again. */
    | { kind: 'unavailable' }
  );

/** `several`: the body was a list; its results are in its order. */
export type DeliveryResult =
  | { kind: 'rejected'; rejection: Rejection }
  | { kind: 'one'; result: EventResult }
  | { kind: 'several'; results: EventResult[] };

type ReceiveEvents = (events: readonly DeliveredEvent[]) => Promise<Received[]>;

/** Reads a delivery, opens its envelopes and decides its events: one result per event. */
export function createReceiveDelivery(
  environments: readonly EnvironmentSenders[],
  receiveEvents: ReceiveEvents,
) {
  const receiveAll = async (delivery: Delivery, all: readonly Arrived[]): Promise<EventResult[]> => {
    const sorted = all.map((arrived) => sort(arrived, delivery, environments));
    const events = sorted.flatMap((one) => (one.kind === 'event' ? [one.event] : []));
    const received = (await receiveEvents(events)).values();
    return sorted.map((one) => (one.kind === 'event' ? resultOf(one, received.next().value) : one));
  };

  return async function receiveDelivery(delivery: Delivery): Promise<DeliveryResult> {
    const json = readJsonBytes(delivery.body);
    if (json.kind === 'rejected') return json;
    const opened = openEnvelopes(json.value, delivery.header);
    switch (opened.kind) {
      case 'too-many': {
        const detail = `The body holds ${opened.count} events; the service takes at most ${maxEvents} in one delivery.`;
        return { kind: 'rejected', rejection: { kind: 'too-large', detail } };
      }
      case 'several':
        return { kind: 'several', results: await receiveAll(delivery, opened.arrived) };
      case 'one': {
        const [result] = await receiveAll(delivery, [opened.arrived]);
        if (!result) throw new Error('One event gave no result.');
        return { kind: 'one', result };
      }
    }
  };
}

/** An event for its environment. Everything else is a result already. */
type Sorted = EventResult | (Place & { kind: 'event'; event: DeliveredEvent });

function sort(
  arrived: Arrived,
  { environment: named, eventKind }: Delivery,
  environments: readonly EnvironmentSenders[],
): Sorted {
  const { place, inside } = arrived;
  switch (arrived.kind) {
    case 'handshake':
      return { place, inside, kind: 'handshake', validationCode: arrived.validationCode };
    case 'unreadable':
      return { place, inside, kind: 'rejected', rejection: invalidEvent(inside, [arrived.violation]) };
    case 'event': {
      const environment = named ?? environmentOfSender(arrived.sender, environments);
      if (typeof environment !== 'string') return { place, inside, kind: 'rejected', rejection: environment };
      const { value, via } = arrived;
      return { place, inside, kind: 'event', event: { environment, value, via, eventKind } };
    }
  }
}

function resultOf({ place, inside }: Place, received: Received | undefined): EventResult {
  if (!received) throw new Error('An event gave no result.');
  if (received.kind !== 'invalid') return { place, inside, ...received };
  return { place, inside, kind: 'rejected', rejection: invalidEvent(inside, received.violations) };
}

/** The environment of this sender, else the default one. */
function environmentOfSender(
  sender: Sender,
  environments: readonly EnvironmentSenders[],
): string | Rejection {
  const chosen = environmentOf(sender, environments);
  if (chosen?.kind === 'known') return chosen.name;
  if (chosen) return unknownEnvironment(chosen.found, chosen.known);
  return (
    defaultEnvironment(environments) ??
    environmentNotNamed(
      environments,
      (name) => `/business-events/${name} or ?environment=${name} in the address`,
    )
  );
}
