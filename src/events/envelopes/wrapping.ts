import type { Envelope } from '../../domain/failure.ts';

/** Takes a header's name in lower case; null if the header is absent. */
export type HeaderReader = (name: string) => string | null;

export const noHeaders: HeaderReader = () => null;

/** Who sent an event, as far as its envelopes name the sender. */
export type Sender = {
  /** A Dataverse organisation, as `x-ms-dynamics-organization` names it. */
  organization: string | null;
  /** An Event Grid topic's resource id, or a CloudEvent's source. */
  topic: string | null;
};

/** What one envelope holds. */
export type Content =
  | {
      kind: 'content';
      via: Envelope;
      value: unknown;
      /** Where in the envelope: a JSON pointer (RFC 6901). */
      pointer: string;
      /** The headers of the content, if the envelope carries any. */
      header?: HeaderReader;
      sender?: Partial<Sender>;
    }
  /** Event Grid validates the endpoint before it delivers. */
  | { kind: 'handshake'; validationCode: string }
  | { kind: 'unreadable'; pointer: string; message: string };

/** Opens one kind of envelope; null for any other value. */
export type Opener = (value: Readonly<Record<string, unknown>>, header: HeaderReader) => Content | null;

export function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

export function ownText(value: Readonly<Record<string, unknown>>, name: string): string | null {
  const found = own(value, name);
  return typeof found === 'string' ? found : null;
}

/** Decodes base64 into text; null if it is not base64 of UTF-8. */
export function decodeBase64(base64: string): string | null {
  if (!/^[\w+/-]*={0,2}$/.test(base64)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    return null;
  }
}
