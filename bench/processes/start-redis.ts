import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { endWithThis } from './own-children.ts';
import { stopProcess } from './start-program.ts';

export type Redis = { port: number; version: string; [Symbol.asyncDispose]: () => Promise<void> };

const startMs = 5000;

/** Redis on loopback with an append-only file that is synchronised every second; null where it is not installed. */
export async function startRedis(folder: string): Promise<Redis | null> {
  const version = /v=(\S+)/.exec(spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout)?.[1];
  if (version === undefined) return null;
  const port = await freePort();
  const data = join(folder, 'redis');
  mkdirSync(data);
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: data,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
  };
  const child = spawn(
    'redis-server',
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    {
      stdio: 'ignore',
    },
  );
  endWithThis(child);
  const giveUpAt = performance.now() + startMs;
  while (!(await accepts(port))) {
    if (performance.now() > giveUpAt) throw new Error('Redis did not start.');
    await sleep(50);
  }
  return { port, version, [Symbol.asyncDispose]: () => stopProcess(child) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const closed = once(server, 'close');
  server.close();
  await closed;
  return typeof address === 'object' && address ? address.port : 0;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
