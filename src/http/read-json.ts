import { maxBodyBytes, readJsonBytes } from '../usecases/intake/read-json-bytes.ts';
import { Problem } from './problem.ts';
import type { RouteRequest } from './route.ts';

/** Reads the request's body as losslessly parsed JSON. Throws a Problem if it is not JSON, or too large. */
export async function readJson(request: RouteRequest): Promise<unknown> {
  const json = readJsonBytes(await readJsonBody(request));
  if (json.kind === 'parsed') return json.value;
  throw new Problem(json.rejection.kind, json.rejection.detail);
}

/** Reads the bytes of a body that is declared as JSON. Throws a Problem if it is not, or if it is too large. */
export async function readJsonBody(request: RouteRequest): Promise<Uint8Array> {
  const mediaType = request.headers.get('content-type') ?? '';
  if (!/^\s*(application|text)\/([\w.-]+\+)?json\s*(;|$)/i.test(mediaType)) {
    const found =
      mediaType === '' ? 'no Content-Type' : `Content-Type ${JSON.stringify(mediaType.slice(0, 100))}`;
    throw new Problem('unsupported-media-type', `The request has ${found}; expected application/json.`);
  }
  const encoding = request.headers.get('content-encoding') ?? '';
  if (!/^\s*(identity)?\s*$/i.test(encoding)) {
    const found = JSON.stringify(encoding.slice(0, 100));
    throw new Problem(
      'unsupported-media-type',
      `The body has Content-Encoding ${found}; expected plain JSON.`,
    );
  }
  return readBytes(request);
}

/**
 * How much of an oversized body the service reads and discards. A half-read body blocks the next request on its
 * connection, which on Azure comes from another client, and resets a sender that does not listen yet. The Functions
 * host lets less through (100 MiB).
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits
 */
const maxDrainedBytes = 128 * maxBodyBytes;

/** Keeps no more than the limit, whatever Content-Length declares. */
async function readBytes(request: RouteRequest): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length')) > maxDrainedBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const take = (chunk: Uint8Array) => {
    length += chunk.byteLength;
    if (length <= maxBodyBytes) chunks.push(chunk);
    return length <= maxDrainedBytes;
  };
  try {
    await request.readBody(take);
  } catch {
    throw new Problem('not-json', 'The body broke off.');
  }
  if (length > maxBodyBytes) throw tooLarge();
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}

function tooLarge(): Problem {
  return new Problem('too-large', `The body is larger than ${maxBodyBytes} bytes.`);
}
