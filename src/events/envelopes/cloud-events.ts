import { type Content, decodeBase64, type HeaderReader, type Opener, own, ownText } from './wrapping.ts';

/**
 * Opens a CloudEvent, version 1.0. Structured: the body holds the attributes, and a batch is an array of such
 * bodies. Binary: the headers hold the attributes, and the body is the data.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export const openCloudEvent: Opener = (value, header) => {
  const version = ownText(value, 'specversion');
  if (version !== null) return openStructured(value, version);
  const headerVersion = header('ce-specversion');
  return headerVersion === null ? null : openBinary(value, headerVersion, header);
};

function openStructured(value: Readonly<Record<string, unknown>>, version: string): Content {
  if (version !== '1.0') return unreadable('/specversion', 'must be 1.0');
  const sender = { topic: ownText(value, 'source') };
  if (Object.hasOwn(value, 'data')) {
    return { kind: 'content', via: 'cloud-events', value: own(value, 'data'), pointer: '/data', sender };
  }
  const base64 = ownText(value, 'data_base64');
  if (base64 === null) return unreadable('/data', 'is required: it holds the event');
  const text = decodeBase64(base64);
  return text === null
    ? unreadable('/data_base64', 'must be base64 of JSON in UTF-8')
    : { kind: 'content', via: 'cloud-events', value: text, pointer: '/data_base64', sender };
}

function openBinary(value: unknown, version: string, header: HeaderReader): Content {
  if (version !== '1.0') return unreadable('', 'must be a CloudEvent with ce-specversion 1.0');
  const sender = { topic: header('ce-source') };
  return { kind: 'content', via: 'cloud-events', value, pointer: '', sender };
}

function unreadable(pointer: string, message: string): Content {
  return { kind: 'unreadable', pointer, message };
}
