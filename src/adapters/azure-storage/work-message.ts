import { serializeWork, type Work } from '../../ports/work-queue.ts';

/** What a service takes as one message, in bytes of its text. */
const maxMessageBytes = 64 * 1024;

/**
 * The text of a message: base64, as the Functions host expects it, of JSON whose ids are strings, because the
 * host parses it with JSON.parse. `reason` is for work that is set aside.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue
 */
export function encodeWork(work: Work, reason?: string): string {
  return toText({ ...serializeWork(work), reason });
}

/** The reason that set-aside work carries; null if the Functions host set it aside, which gives none. */
export function decodeReason(message: unknown): string | null {
  const { reason } = fieldsOf(message);
  return typeof reason === 'string' ? reason : null;
}

/** The message's parsed JSON, or undefined for a text that is none. */
export function parseMessage(text: string): unknown {
  try {
    const message: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    return message;
  } catch {
    return undefined;
  }
}

/** Keeps a text that is no work, with the reason if there is room for both. */
export function encodeGarbage(text: string, reason: string): string {
  const message = toText({ text, reason });
  return message.length <= maxMessageBytes ? message : text;
}

function toText(message: object): string {
  return Buffer.from(JSON.stringify(message)).toString('base64');
}

function fieldsOf(message: unknown): Readonly<Record<string, unknown>> {
  return typeof message === 'object' && message !== null ? { ...message } : {};
}
