import { subscribe } from 'node:diagnostics_channel';

/** Preloaded into a service: records its HTTP requests, and tells them when its parent asks. */
const operations = new Map();
const now = () => performance.timeOrigin + performance.now();

subscribe('http.client.request.start', ({ request }) => {
  const { method, path } = request;
  const bytes = Number(request.getHeader('content-length') ?? 0);
  operations.set(request, { host: request.getHeader('host'), method, path, bytes, startMs: now() });
});
subscribe('http.client.response.finish', ({ request, response }) => {
  const operation = operations.get(request);
  if (operation) Object.assign(operation, { status: response.statusCode, endMs: now() });
});
process.on('message', (message) => {
  if (message !== 'operations') return;
  process.send?.({ operations: JSON.stringify([...operations.values()]) });
  operations.clear();
});
