import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Which of these processes connects from this port of 127.0.0.1 to that one, by what Linux shows; null if none. */
export function ownerOfPort(clientPort: number, serverPort: number, pids: readonly number[]): number | null {
  const inode = inodeOf(clientPort, serverPort);
  return pids.find((pid) => inode !== null && socketsOf(pid).includes(`socket:[${inode}]`)) ?? null;
}

function inodeOf(clientPort: number, serverPort: number): string | null {
  const [from, to] = [clientPort, serverPort].map((port) => `0100007F:${hex(port)}`);
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[1] === from && fields[2] === to) return fields[9] ?? null;
  }
  return null;
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`);
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}
