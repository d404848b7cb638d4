import { parseLosslessJson } from '../events/lossless-json.ts';
import { Problem } from './problem.ts';

/** Event Grid's largest batch: https://learn.microsoft.com/azure/event-grid/quotas-limits */
const maxBodyBytes = 1024 * 1024;

/** The request's body as losslessly parsed JSON. Throws a Problem if it is none, or too large. */
export async function readJson(request: Request): Promise<unknown> {
  const mediaType = request.headers.get('content-type') ?? '';
  if (!/^\s*(application|text)\/([\w.-]+\+)?json\s*(;|$)/i.test(mediaType)) {
    const found =
      mediaType === '' ? 'no Content-Type' : `Content-Type ${JSON.stringify(mediaType.slice(0, 100))}`;
    throw new Problem('unsupported-media-type', `The request has ${found}; expected application/json.`);
  }
  const text = decodeUtf8(await readBytes(request));
  if (text.trim() === '') throw new Problem('not-json', 'The body is empty.');
  const json = parseLosslessJson(text);
  if (!json.ok) throw new Problem('not-json', json.reason);
  return json.value;
}

/**
 * How much of a body that is too large is read and thrown away: one left half read holds up the next request on its
 * connection, which on Azure is another client's, and resets a sender that does not listen yet. It is more than the Functions host lets through (100 MiB).
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits
 */
const maxDrainedBytes = 128 * maxBodyBytes;

/** Keeps no more than the limit, whatever the declared length. */
async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length')) > maxDrainedBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.byteLength;
      if (length <= maxBodyBytes) chunks.push(chunk);
      else if (length > maxDrainedBytes) break;
    }
  } catch {
    throw new Problem('not-json', 'The body broke off.');
  }
  if (length > maxBodyBytes) throw tooLarge();
  return Buffer.concat(chunks);
}

/** A byte-order mark is passed over. */
function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('not-json', 'The body is not UTF-8.');
  }
}

function tooLarge(): Problem {
  return new Problem('too-large', `The body is larger than ${maxBodyBytes} bytes.`);
}
