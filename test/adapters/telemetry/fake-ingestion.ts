import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** One item of telemetry as Application Insights' ingestion endpoint gets it. */
export type Envelope = {
  time: string;
  tags: Record<string, string>;
  data: { baseType: string; baseData: BaseData };
};

type BaseData = {
  name?: string;
  id?: string;
  message?: string;
  responseCode?: string;
  properties?: Record<string, string>;
  metrics?: { name: string; value: number; count: number; min?: number; max?: number }[];
};

export type FakeIngestion = AsyncDisposable & {
  connectionString: string;
  /** What a process must have in its environment to trust it, and to talk to nobody else. */
  environment: Record<string, string>;
  /** What came, as text. */
  bodies: string[];
  envelopes: () => Envelope[];
};

const certificates = join(import.meta.dirname, '../../fixtures/self-signed');

/** A stand-in for Application Insights' ingestion endpoint, over TLS. */
export async function startFakeIngestion(): Promise<FakeIngestion> {
  const bodies: string[] = [];
  const [cert, key] = ['cert.pem', 'key.pem'].map((file) => readFileSync(join(certificates, file)));
  if (!cert || !key) throw new Error('There is no certificate');
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
    bodies.push(text);
    const items = readEnvelopes(text).length;
    const answer = { itemsReceived: items, itemsAccepted: items, errors: [] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
  const server = createServer({ cert, key }, (request, response) => void receive(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    ...reachedAt(port),
    bodies,
    envelopes: () => bodies.flatMap(readEnvelopes),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** How a process reaches an ingestion endpoint at this port of this machine, be there one or not. */
export function reachedAt(port: number): Pick<FakeIngestion, 'connectionString' | 'environment'> {
  const instrumentationKey = '00000000-0000-4000-8000-000000000000';
  const endpoint = `https://127.0.0.1:${port}/`;
  return {
    connectionString: `InstrumentationKey=${instrumentationKey};IngestionEndpoint=${endpoint}`,
    environment: {
      NODE_EXTRA_CA_CERTS: join(certificates, 'cert.pem'),
      // The library asks Microsoft for its configuration, and a virtual machine for its name.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1',
      WEBSITE_SITE_NAME: 'batch-retry',
    },
  };
}

function readEnvelopes(body: string): Envelope[] {
  const items: unknown = JSON.parse(body.startsWith('[') ? body : `[${body.trim().replaceAll('\n', ',')}]`);
  const envelopes: Envelope[] = JSON.parse(JSON.stringify(items));
  return envelopes;
}
