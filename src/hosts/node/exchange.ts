import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RouteRequest } from '../../http/route.ts';
import type { RouteAnswer } from '../../http/route-answer.ts';
import { readAddress } from './address.ts';

/** How long what is left of a body may still come after its answer, in ms: a sender that is cut off reads none. */
const drainMs = 500;

/** A request of node:http as the routes take it, and its path; null for an address that is none. */
export function routeRequestOf(incoming: IncomingMessage): { request: RouteRequest; path: string } | null {
  const { method = '', headers, url: target = '' } = incoming;
  const address = readAddress(headers.host ?? 'localhost', target);
  return (
    address && {
      path: address.path,
      request: {
        method,
        url: address.url,
        headers: { get: (name) => textOf(headers[name]) },
        readBody: (take) => readChunks(incoming, take),
      },
    }
  );
}

/** Answers, and closes the connection of a sender that goes on with a body which nobody reads. */
export function send(
  { status, headers, body }: RouteAnswer,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const length = body === null ? {} : { 'Content-Length': Buffer.byteLength(body) };
  if (!incoming.complete) drain(incoming, outgoing);
  outgoing.writeHead(status, { ...headers, ...length });
  outgoing.end(body);
}

function readChunks(incoming: IncomingMessage, take: (chunk: Uint8Array) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      if (take(chunk)) return;
      incoming.pause();
      resolve();
    });
    incoming.on('end', resolve);
    // Comes after an error, too.
    incoming.on('close', () => {
      if (!incoming.readableEnded) reject(new Error('The connection ended.'));
    });
  });
}

function drain(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.shouldKeepAlive = false;
  const end = setTimeout(() => incoming.socket.destroySoon(), drainMs);
  incoming.once('close', () => clearTimeout(end));
  incoming.resume();
}

function textOf(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? header : (header?.join(', ') ?? null);
}
