import { createServer, type ServerResponse } from 'node:http';

type Answer = { status: number; body: object };

/** Reads each event, and answers once `handle` has. Prints where it listens. */
export function serveEvents(handle: (event: { EventId: string; JobId: number }) => Promise<Answer>): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(Buffer.concat(chunks), response));
  });
  const answer = async (event: Buffer, response: ServerResponse) => {
    const { status, body } = await handle(JSON.parse(event.toString('utf8')));
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  };
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    console.log(`Listening on http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  });
}
