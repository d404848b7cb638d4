import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export type CallbackServer = AsyncDisposable & {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  port: number;
  received: { path: string; headers: IncomingHttpHeaders; body: unknown }[];
  /** How many connections it has accepted. */
  connections: () => number;
};

/** A real HTTP server on this machine that is called back; it answers 202 unless `answer` does something else. */
export async function startCallbackServer(
  answer: (response: ServerResponse, path: string) => void = (response) => response.writeHead(202).end(),
): Promise<CallbackServer> {
  const received: CallbackServer['received'] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString('utf8');
    const { url: path = '', headers } = request;
    received.push({ path, headers, body: text === '' ? null : JSON.parse(text) });
    answer(response, path);
  }

  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
}
