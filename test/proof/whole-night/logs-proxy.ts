import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { generate } from 'selfsigned';
import type { SimulatedLogs } from '../../../src/sandbox/simulated-logs.ts';

const host = 'api.loganalytics.io';

/**
 * A proxy that leads what is meant for Log Analytics to its stand-in, so that an unchanged process with its real SDK
 * can ask it. Resolves to the settings of such a process.
 */
export async function openLogsProxy(
  logs: SimulatedLogs,
  certificateFile: string,
): Promise<Record<string, string>> {
  const attributes = [{ name: 'commonName', value: host }];
  const extensions = [
    { name: 'basicConstraints' as const, cA: true },
    { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: host }] },
  ];
  const notBeforeDate = new Date(Date.now() - 86_400_000);
  const { private: key, cert } = await generate(attributes, { keySize: 2048, notBeforeDate, extensions });
  writeFileSync(certificateFile, cert);
  const inside = createTlsServer({ key, cert }, (incoming, outgoing) =>
    forward(logs.url, incoming, outgoing),
  );
  const proxy = createServer((_, response) => response.writeHead(403).end());
  proxy.on('connect', (asked: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    if (asked.url !== `${host}:443`) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    inside.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    HTTPS_PROXY: `http://127.0.0.1:${port}`,
    NO_PROXY: '127.0.0.1',
    NODE_EXTRA_CA_CERTS: certificateFile,
  };
}

function forward(to: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url } = incoming;
  const onward = request(`${to}${url}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
