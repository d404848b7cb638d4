import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';

type Span = { start: number; end: number };

/** Every HTTP request of this process to one of these addresses. */
export function recordRequests(urls: readonly string[]): { spans: Span[] } & Disposable {
  const hosts = new Set(urls.map((url) => new URL(url).host));
  const open = new Map<ClientRequest, Span>();
  const spans: Span[] = [];
  const started = (message: unknown) => {
    const request = requestOf(message);
    if (!request || !hosts.has(String(request.getHeader('host')))) return;
    const span = { start: performance.now(), end: Infinity };
    open.set(request, span);
    spans.push(span);
  };
  const answered = (message: unknown) => {
    const request = requestOf(message);
    const span = request && open.get(request);
    if (span) span.end = performance.now();
  };
  subscribe('http.client.request.start', started);
  subscribe('http.client.response.finish', answered);
  return {
    spans,
    [Symbol.dispose]: () => {
      unsubscribe('http.client.request.start', started);
      unsubscribe('http.client.response.finish', answered);
    },
  };
}

function requestOf(message: unknown): ClientRequest | null {
  if (typeof message !== 'object' || message === null || !('request' in message)) return null;
  return message.request instanceof ClientRequest ? message.request : null;
}

/** How many of the spans follow one another, each starting after the one before it ended. */
export function longestChain(spans: readonly Span[]): number {
  let chain = 0;
  let end = -Infinity;
  for (const span of spans.toSorted((a, b) => a.end - b.end)) {
    if (span.start < end) continue;
    chain += 1;
    end = span.end;
  }
  return chain;
}
