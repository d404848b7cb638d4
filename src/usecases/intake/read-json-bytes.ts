import { parseLosslessJson } from '../../events/lossless-json.ts';
import type { Rejection } from './rejection.ts';

/** Event Grid's largest batch, in bytes: https://learn.microsoft.com/azure/event-grid/quotas-limits */
export const maxBodyBytes = 1024 * 1024;

/** Refuses what is not UTF-8, and skips a byte-order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

type Rejected = { kind: 'rejected'; rejection: Rejection };

/** Parses bytes of JSON without loss of digits. */
export function readJsonBytes(bytes: Uint8Array): { kind: 'parsed'; value: unknown } | Rejected {
  if (bytes.byteLength > maxBodyBytes) {
    return rejected('too-large', `The body is larger than ${maxBodyBytes} bytes.`);
  }
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return rejected('not-json', 'The body is not UTF-8.');
  }
  if (text.trim() === '') return rejected('not-json', 'The body is empty.');
  const json = parseLosslessJson(text);
  return json.ok ? { kind: 'parsed', value: json.value } : rejected('not-json', json.reason);
}

function rejected(kind: Rejection['kind'], detail: string): Rejected {
  return { kind: 'rejected', rejection: { kind, detail } };
}
