import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

type Seen = { method: string; path: string; body: string; responseBytes: number };

/**
 * What becomes of an answer after the store did what was asked; `none` lets it pass, and is used up too. `lost`: the
 * store was not asked.
 */
export type Fault = 'none' | 'cut' | 'hang' | 'lost' | { status: number; body?: string };

export type AzuriteProxy = {
  url: string;
  /** Requests since `forget`, in the order of their arrival. */
  seen: Seen[];
  /** The most requests that one had to wait for before it was sent: round trips in sequence. */
  roundTrips: () => number;
  /** Spoils the answers to the next requests for which `matches` holds. */
  spoil: (matches: (method: string, path: string) => boolean, ...faults: Fault[]) => void;
  /** Spoils no more answers. */
  heal: () => void;
  /** Holds every answer back for so long. */
  delayMs: number;
  forget: () => void;
  stop: () => Promise<void>;
};

/** A real HTTP proxy in front of a store, which counts requests and loses answers on demand. */
export async function startProxy(target: string): Promise<AzuriteProxy> {
  const faults: { matches: (method: string, path: string) => boolean; fault: Fault }[] = [];
  const spans: { start: number; end: number }[] = [];
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '' } = incoming;
    const seen = { method, path: url, body: '', responseBytes: 0 };
    const span = { start: performance.now(), end: Infinity };
    proxy.seen.push(seen);
    spans.push(span);
    const body = Buffer.concat(await incoming.toArray());
    seen.body = body.toString();
    const lost = faults.findIndex(({ matches, fault }) => fault === 'lost' && matches(method, url));
    if (lost >= 0) {
      faults.splice(lost, 1);
      outgoing.destroy();
      return;
    }
    const answer = await forward(target, incoming, body);
    if (proxy.delayMs > 0) await sleep(proxy.delayMs);
    seen.responseBytes = answer.body.length;
    span.end = performance.now();

    const index = faults.findIndex(({ matches }) => matches(method, url));
    const [spoilt] = index < 0 ? [] : faults.splice(index, 1);
    if (!spoilt || spoilt.fault === 'none')
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    else if (spoilt.fault === 'cut') outgoing.destroy();
    else if (typeof spoilt.fault !== 'string') respond(outgoing, spoilt.fault);
  }

  const proxy: AzuriteProxy = {
    url: '',
    seen: [],
    roundTrips: () => longestChain(spans),
    spoil: (matches, ...what) => faults.push(...what.map((fault) => ({ matches, fault }))),
    heal: () => void faults.splice(0),
    delayMs: 0,
    forget: () => {
      proxy.seen.length = 0;
      spans.length = 0;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${portOf(server.address())}`;
  return proxy;
}

function respond(outgoing: ServerResponse, { status, body = '' }: Exclude<Fault, string>): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

type Answer = { status: number; headers: IncomingMessage['headers']; body: Buffer };

async function forward(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<Answer> {
  const sent = request(`${target}${url}`, { method, headers, agent: false });
  const answered = once(sent, 'response');
  sent.end(body);
  const [answer]: IncomingMessage[] = await answered;
  if (!answer) throw new Error('The store did not answer.');
  const { connection: _, 'transfer-encoding': _coding, ...kept } = answer.headers;
  return { status: answer.statusCode ?? 0, headers: kept, body: Buffer.concat(await answer.toArray()) };
}

/** How many of the spans follow one another, each starting after the one before it ended. */
function longestChain(spans: readonly { start: number; end: number }[]): number {
  let chain = 0;
  let end = -Infinity;
  for (const span of spans.toSorted((a, b) => a.end - b.end)) {
    if (span.start < end) continue;
    chain += 1;
    end = span.end;
  }
  return chain;
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || !address) throw new Error('The proxy listens on no port.');
  return address.port;
}
