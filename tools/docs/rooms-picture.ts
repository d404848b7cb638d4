import { readSources, type Source } from '../house/read-sources.ts';
import { roomOf } from '../house/rooms.ts';

/** What each room imports. */
type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The rooms of src/ and what they import, by types too. An import that follows from others is not drawn. */
export function roomsPicture(): string {
  const graph = graphOf(readSources('src'));
  const nodes = [...graph.keys()].map((room) => `    ${idOf(room)}["${room}"]`);
  const arrows = withoutDetours(graph).map(([from, to]) => `    ${idOf(from)} --> ${idOf(to)}`);
  return ['```mermaid', 'graph TD', ...nodes.toSorted(), ...arrows.toSorted(), '```'].join('\n');
}

function graphOf(sources: readonly Source[]): Graph {
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of sources) {
    const room = roomOf(path) ?? path;
    const imported = graph.get(room) ?? new Set();
    graph.set(room, imported);
    for (const other of imports.map(roomOf)) if (other !== null && other !== room) imported.add(other);
  }
  return graph;
}

/** The imports but those from A to C where A imports B, and B imports C, also over others. */
export function withoutDetours(graph: Graph): [from: string, to: string][] {
  return [...graph].flatMap(([from, all]) =>
    [...all]
      .filter((to) => ![...all].some((other) => other !== to && leadsTo(graph, other, to)))
      .map((to): [string, string] => [from, to]),
  );
}

/** No room imports itself over others: `npm run check` finds circles. */
function leadsTo(graph: Graph, from: string, to: string): boolean {
  return [...(graph.get(from) ?? [])].some((next) => next === to || leadsTo(graph, next, to));
}

function idOf(room: string): string {
  return room.replaceAll(/\W/g, '_');
}
