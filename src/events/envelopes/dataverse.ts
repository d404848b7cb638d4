import { parseLosslessJson } from '../lossless-json.ts';
import { isObject } from '../schema-validator.ts';
import { type Content, type HeaderReader, type Opener, own, ownText } from './wrapping.ts';

const organizationHeader = 'x-ms-dynamics-organization';
const requestHeader = 'x-ms-dynamics-request-name';

/**
 * Opens a Dataverse webhook's RemoteExecutionContext, which has its own headers or `InputParameters`. Microsoft
 * does not document where F&O's event sits in it. So this searches the root, the parameters, and what one parameter
 * holds: fields, attributes, pairs or a list of events, as they are or as JSON text.
 * @see https://learn.microsoft.com/power-apps/developer/data-platform/use-webhooks
 */
export const openDataverse: Opener = (value, header) => {
  const hasDataverseHeader = header(organizationHeader) !== null || header(requestHeader) !== null;
  if (!hasDataverseHeader && !Object.hasOwn(value, 'InputParameters')) return null;
  if ((header('x-ms-dynamics-msg-size-exceeded') ?? 'false').toLowerCase() !== 'false') {
    const message =
      'is incomplete: it was too large for Dataverse, which left its fields out (x-ms-dynamics-msg-size-exceeded)';
    return { kind: 'unreadable', pointer: '', message };
  }
  const sender = { organization: header(organizationHeader) };
  const message = ownText(value, 'MessageName') ?? header(requestHeader);
  const found = findEvent(value, message);
  return found ? { kind: 'content', via: 'dataverse', ...found, sender } : noEvent(header);
};

type Entry = readonly [name: string, value: unknown];
type Found = { value: unknown; pointer: string };

/** Searches the places that may hold the event's fields, the likeliest first. */
function findEvent(value: Readonly<Record<string, unknown>>, message: string | null): Found | null {
  const atRoot = eventOf(Object.entries(value), message);
  if (atRoot) return { value: atRoot, pointer: '' };
  const parameters = entriesOf(own(value, 'InputParameters'));
  const inParameters = eventOf(parameters, message);
  if (inParameters) return { value: inParameters, pointer: '/InputParameters' };
  for (const [name, parameter] of parameters) {
    const inside = typeof parameter === 'string' ? parseText(parameter) : parameter;
    const found = Array.isArray(inside) ? findInList(inside, message) : findInObject(inside, message);
    const pointer = `/InputParameters/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (found) return { value: found.value, pointer: `${pointer}${found.pointer}` };
  }
  return null;
}

function findInObject(value: unknown, message: string | null): Found | null {
  if (!isObject(value)) return null;
  const event = eventOf(Object.entries(value), message);
  if (event) return { value: event, pointer: '' };
  const ofAttributes = eventOf(entriesOf(own(value, 'Attributes')), message);
  return ofAttributes && { value: ofAttributes, pointer: '/Attributes' };
}

/** A list is one event in pairs, or several events. What is no event stays in its place, and is rejected there. */
function findInList(list: readonly unknown[], message: string | null): Found | null {
  const ofPairs = eventOf(entriesOf(list), message);
  if (ofPairs) return { value: ofPairs, pointer: '' };
  const events = list.map((item) => findInObject(item, message));
  if (events.every((found) => found === null)) return null;
  return { value: events.map((found, index) => found?.value ?? list[index]), pointer: '' };
}

/** Reads `[{"key": …, "value": …}]`, as Dataverse writes it, or an object, as a flow forwards it. */
function entriesOf(collection: unknown): Entry[] {
  if (isObject(collection)) return Object.entries(collection);
  if (!Array.isArray(collection)) return [];
  return collection.flatMap((pair: unknown): Entry[] => {
    const name = isObject(pair) ? ownText(pair, 'key') : null;
    return isObject(pair) && name !== null ? [[name, own(pair, 'value')]] : [];
  });
}

function parseText(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const json = parseLosslessJson(text);
  return json.ok ? json.value : undefined;
}

/** The fields of a batch event, as F&O spells them. */
const fields = new Map(
  [
    'AdminEmailId',
    'BusinessEventId',
    'BusinessEventLegalEntity',
    'ContextRecordSubject',
    'ControlNumber',
    'EventId',
    'EventTime',
    'EventTimeIso8601',
    'InitiatingUserAADObjectId',
    'JobDescription',
    'JobEndUtcDateTime',
    'JobExecutedByEmailId',
    'JobId',
    'JobOwnerEmailId',
    'JobStatus',
    'MajorVersion',
    'MinorVersion',
    'ParentContextRecordSubjects',
  ].map((name) => [name.toLowerCase(), name]),
);

const wholeNumbers = new Set(['ControlNumber', 'JobId', 'MajorVersion', 'MinorVersion']);

/**
 * Rebuilds the event as F&O writes it; null if these are not its fields. An event without a BusinessEventId gets
 * the message's name as its own.
 */
function eventOf(entries: readonly Entry[], message: string | null): Record<string, unknown> | null {
  const event: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const name = fields.get(withoutPrefix(key).toLowerCase());
    if (name !== undefined) event[name] = wholeNumbers.has(name) ? wholeNumber(value) : value;
  }
  const isEvent = 'BusinessEventId' in event || ('EventId' in event && 'JobId' in event);
  if (!isEvent) return null;
  return message === null ? event : { BusinessEventId: withoutPrefix(message), ...event };
}

/** In Dataverse, F&O's names start with `mserp_`. */
function withoutPrefix(name: string): string {
  return name.replace(/^mserp_/i, '');
}

/** Dataverse has no 64-bit parameters: such a number may arrive as text, or inside an option's `Value`. */
function wholeNumber(value: unknown): unknown {
  if (isObject(value) && Object.hasOwn(value, 'Value')) return wholeNumber(value['Value']);
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

function noEvent(header: HeaderReader): Content {
  const request = header(requestHeader)?.slice(0, 100);
  const of = request === undefined ? '' : ` of ${JSON.stringify(request)}`;
  const message = `of the Dataverse webhook${of} holds no business event: expected EventId and JobId`;
  return { kind: 'unreadable', pointer: '/InputParameters', message };
}
