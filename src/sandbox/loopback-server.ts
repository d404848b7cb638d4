import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isLoopback } from './loopback.ts';

/** An HTTP server on loopback that can disappear, with every connection, and return on the same port. */
export class LoopbackServer {
  readonly #server = createServer();
  readonly #sockets = new Set<Socket>();
  readonly #host: string;
  #port = 0;

  private constructor(host: string) {
    this.#host = host;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async open(host: string, port: number): Promise<LoopbackServer> {
    if (!isLoopback(host)) throw new Error(`The sandbox listens only on loopback, not on ${host}`);
    const server = new LoopbackServer(host);
    await server.#listen(port);
    return server;
  }

  get url(): string {
    return `http://${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${this.#port}`;
  }

  onRequest(handle: (request: IncomingMessage, response: ServerResponse) => void): void {
    this.#server.on('request', handle);
  }

  /** Destroys all connections and refuses new ones. */
  async down(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async up(): Promise<void> {
    if (!this.#server.listening) await this.#listen(this.#port);
  }

  async #listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, this.#host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = addressOf(this.#server.address()).port;
  }
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address;
}
