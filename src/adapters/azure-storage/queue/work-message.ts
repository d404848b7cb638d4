import { parseWork, readWork, serializeWork, withVersion, type WorkItem } from '../../../ports/work-item.ts';
import type { DeadLetter } from '../../../ports/work-queue.ts';

/** The service's limit for one message, in bytes of its text. */
const maxMessageBytes = 64 * 1024;

const maxReasonLength = 2000;

/**
 * The text of a message: base64 of JSON, as the Functions host expects it.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue
 */
export function encodeWork(item: WorkItem): string {
  return toBase64(serializeWork(item));
}

/** Decodes a message into text; returns garbage if the message is not base64. */
export function decodeText(messageText: string): string {
  return Buffer.from(messageText, 'base64').toString('utf8');
}

/** Encodes an item, or a message that holds no item, with the reason if both fit. */
export function encodeDeadLetter(item: WorkItem | null, raw: string | null, reason: string): string {
  const kept = { reason: reason.slice(0, maxReasonLength), item: item && withVersion(item), raw };
  const message = toBase64(JSON.stringify(kept));
  if (message.length <= maxMessageBytes) return message;
  return item ? encodeWork(item) : (raw ?? '').slice(0, maxMessageBytes);
}

/** Reads a dead letter of this service, or a message that the Functions host gave up, which holds no reason. */
export function decodeDeadLetter(messageText: string): Pick<DeadLetter, 'item' | 'raw' | 'reason'> {
  const text = decodeText(messageText);
  const kept = fieldsOf(text);
  const { reason, item, raw } = kept;
  if (typeof reason === 'string' && ('item' in kept || 'raw' in kept)) {
    const read = parseWork(item);
    const unread = item && !read ? JSON.stringify(item) : null;
    return { item: read, raw: typeof raw === 'string' ? raw : unread, reason };
  }
  const read = readWork(text, messageText);
  if (read.kind === 'unreadable') return { item: null, raw: read.raw, reason: read.reason };
  return { item: read, raw: null, reason: 'The Functions host gave it up after its last delivery.' };
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
