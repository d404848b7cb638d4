import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

/** Which room of src/ imports which, types included. */
export type Rooms = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads the imports of every source. */
export function readRooms(root: string): Rooms {
  const rooms = new Map<string, Set<string>>();
  for (const path of globSync('src/**/*.ts', { cwd: root }).toSorted()) {
    const file = join(root, path);
    const room = roomOf(path);
    const imported = rooms.get(room) ?? new Set();
    rooms.set(room, imported);
    for (const specifier of importsOf(file)) {
      const target = relative(root, resolve(dirname(file), specifier));
      if (target.startsWith('src/') && roomOf(target) !== room) imported.add(roomOf(target));
    }
  }
  return rooms;
}

/** The relative files that a source imports: by import, export from, or import(). */
function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const { staticImports, staticExports, dynamicImports } = parseSync(file, source).module;
  const exported = staticExports.flatMap(({ entries }) =>
    entries.map(({ moduleRequest }) => moduleRequest?.value),
  );
  const later = dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start + 1, end - 1));
  const all = [...staticImports.map(({ moduleRequest }) => moduleRequest.value), ...exported, ...later];
  return all.filter((name) => name?.startsWith('.') === true).map(String);
}

/** `src/domain/job/stands.ts` is in the room domain, `src/hosts/node/main.ts` in hosts/node, `src/service.ts` in its own. */
function roomOf(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  return first === 'hosts' && !second.endsWith('.ts') ? `${first}/${second}` : first.replace(/\.ts$/, '');
}

/** A circle of rooms, if there is one. */
export function circleIn(rooms: Rooms): string[] | null {
  for (const room of rooms.keys()) {
    const way = wayBetween(rooms, room, room);
    if (way) return [room, ...way];
  }
  return null;
}

/** The rooms on the way from one to another, over at least one import; null if there is no way. */
function wayBetween(
  rooms: Rooms,
  from: string,
  to: string,
  over: ReadonlySet<string> = new Set(),
): string[] | null {
  for (const next of rooms.get(from) ?? []) {
    if (next === to) return [to];
    if (over.has(next)) continue;
    const rest = wayBetween(rooms, next, to, new Set([...over, next]));
    if (rest) return [next, ...rest];
  }
  return null;
}

/** The imports without those that follow from others: from A to C where A imports B and B imports C. */
export function withoutDetours(rooms: Rooms): [from: string, to: string][] {
  return [...rooms].flatMap(([from, all]) =>
    [...all]
      .filter((to) => ![...all].some((other) => other !== to && wayBetween(rooms, other, to)))
      .map((to): [string, string] => [from, to]),
  );
}
