import type { Source } from './read-sources.ts';

/** Every group of files that import each other in a circle, by types too. */
export function circles(sources: readonly Source[]): string[][] {
  const imports = new Map(sources.map((source) => [source.path, source.imports]));
  const reached = new Map(sources.map(({ path }) => [path, reach(imports, path)]));
  const groups = sources.map(({ path }) =>
    sources
      .map((other) => other.path)
      .filter((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path)),
  );
  return groups.filter((group, index) => group.length > 0 && group[0] === sources[index]?.path);
}

/** What a file imports, and what that imports, and so on; itself only if it is in a circle. */
function reach(imports: ReadonlyMap<string, readonly string[]>, path: string): Set<string> {
  const found = new Set<string>();
  const open = [...(imports.get(path) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(imports.get(next) ?? []));
  }
  return found;
}
