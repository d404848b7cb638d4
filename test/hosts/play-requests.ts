import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AskedRequest } from './requests.ts';

/** What a caller sees of an answer, without what differs from call to call. */
export type SeenAnswer = { status: number; headers: Record<string, string>; body: string };

const seenHeaders = ['content-type', 'retry-after', 'location', 'allow', 'webhook-allowed-origin'];

/** Sends one request as it stands, over a connection of its own. */
export async function playRequest(url: string, asked: AskedRequest): Promise<SeenAnswer> {
  const { method, path, headers = {}, body } = asked;
  const { hostname, port } = new URL(url);
  const sending = request({
    hostname,
    port,
    method,
    path,
    headers: { ...headers, ...lengthOf(body) },
    agent: false,
  });
  const answered = once(sending, 'response');
  if (Array.isArray(body)) {
    for (const part of body) {
      sending.write(part);
      await sleep(1);
    }
    sending.end();
  } else sending.end(body);
  // A host may answer before it has the whole body.
  const [response]: IncomingMessage[] = await answered.catch((error: unknown) => {
    throw new Error(`No answer to ${asked.title}`, { cause: error });
  });
  if (!response) throw new Error('no response');
  const found = seenHeaders.flatMap((name) => {
    const value = response.headers[name];
    return value === undefined ? [] : [[name, masked(String(value))]];
  });
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(found),
    body: masked(await text(response)),
  };
}

function lengthOf(body: AskedRequest['body']): Record<string, string> {
  const isWhole = typeof body === 'string' || Buffer.isBuffer(body);
  return isWhole ? { 'content-length': String(Buffer.byteLength(body)) } : {};
}

function masked(value: string): string {
  return value
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:port')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'id');
}
