import { createServer } from 'node:http';

export interface Webhook extends AsyncDisposable {
  url: string;
  received: { body: string; contentType: string | undefined; path: string | undefined }[];
}

/** An endpoint that answers the statuses given, one after the other, the last for good; null never answers. */
export async function aWebhook(...statuses: (number | null)[]): Promise<Webhook> {
  const received: Webhook['received'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const status = statuses[Math.min(received.length, statuses.length - 1)];
      received.push({ body, contentType: request.headers['content-type'], path: request.url });
      if (status === null) return;
      response.writeHead(status ?? 200, { location: '/elsewhere' }).end(`answer ${received.length}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/api/business-events?code=key`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
