import { dirname } from 'node:path';
import type { Source } from './read-sources.ts';

/** The rooms of src/, the lowest first, and which others each may import. A file that is in none is refused. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  events: ['domain'],
  ports: ['domain'],
  settings: ['domain', 'events', 'ports'],
  usecases: ['domain', 'events', 'ports'],
  http: ['domain', 'events', 'ports', 'usecases'],
  adapters: ['domain', 'events', 'ports', 'settings'],
  'compose.ts': ['ports', 'settings', 'usecases', 'http', 'adapters'],
  'service.ts': ['ports', 'usecases', 'http', 'compose.ts'],
  sandbox: ['ports'],
  'hosts/azure': ['ports', 'settings', 'usecases', 'adapters', 'compose.ts', 'service.ts'],
  'hosts/node': ['ports', 'settings', 'http', 'adapters', 'compose.ts', 'service.ts', 'sandbox'],
  cli: ['domain', 'events', 'ports', 'settings', 'adapters'],
};

/** Rooms that import no packages and nothing of Node.js. */
const pure = ['domain', 'ports'];

/**
 * The folders of a room, the lowest first; '.' is its own files. A folder imports itself and those below it, and none
 * that stands beside it in one list.
 */
const floors: Readonly<Record<string, readonly (readonly string[])[]>> = {
  domain: [['.'], ['retry-policy', 'cause'], ['job'], ['environment', 'watch']],
  events: [['.'], ['envelopes']],
  usecases: [['engine'], ['intake', 'notify', 'causes'], ['operate'], ['work', 'watch'], ['.']],
  adapters: [
    ['shared'],
    ['sqlite', 'azure-storage', 'fno', 'log-analytics', 'telemetry', 'subscribers'],
    ['.'],
  ],
  'adapters/azure-storage': [['calls'], ['tables', 'queue'], ['.']],
  cli: [['schema-import'], ['.']],
};

/** The room of a file of src/, or null. */
export function roomOf(path: string): string | null {
  return Object.keys(rooms).find((room) => isIn(room, path)) ?? null;
}

/** Every import that a wall forbids, and every file that is in no room, a line each. */
export function wallProblems(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports, packages }) => {
    const room = roomOf(path);
    if (room === null || !isOnAFloor(path))
      return [`src/${path} is in no room: tools/house/rooms.ts lists them`];
    const foreign = pure.includes(room) ? packages : [];
    const inner = imports.filter((imported) => !imported.startsWith('..'));
    return [
      ...foreign.map((name) => `src/${path} imports ${name}: src/${room} imports no packages`),
      ...inner
        .filter((imported) => !mayImport(room, path, imported))
        .map((imported) => `src/${path} must not import src/${imported}`),
    ];
  });
}

function mayImport(room: string, path: string, imported: string): boolean {
  const other = roomOf(imported);
  if (other === null) return false;
  if (other !== room) return rooms[room]?.includes(other) ?? false;
  return Object.keys(floors)
    .filter((folder) => isIn(folder, path) && isIn(folder, imported))
    .every((folder) => {
      const [from, to] = [floorOf(folder, path), floorOf(folder, imported)];
      return from.level > to.level || (from.level === to.level && from.name === to.name);
    });
}

function isOnAFloor(path: string): boolean {
  return Object.keys(floors)
    .filter((folder) => isIn(folder, path))
    .every((folder) => floorOf(folder, path).level >= 0);
}

function floorOf(folder: string, path: string): { name: string; level: number } {
  const below = dirname(path.slice(folder.length + 1));
  const name = below.split('/')[0] ?? '.';
  return { name, level: floors[folder]?.findIndex((names) => names.includes(name)) ?? -1 };
}

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
