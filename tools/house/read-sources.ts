import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { parseSync } from 'oxc-parser';

/** A source file, and what it imports: other sources by their paths, packages by their names. Types count too. */
export type Source = {
  /** Below the folder that was read, with forward slashes. */
  path: string;
  lines: number;
  imports: readonly string[];
  packages: readonly string[];
  /** Of each function, the line on which it starts and how many it has. */
  functions: readonly { line: number; lines: number }[];
};

/** Reads all TypeScript files below a folder. */
export function readSources(folder: string): Source[] {
  return globSync('**/*.ts', { cwd: folder })
    .toSorted()
    .map((path) => readSource(folder, path.replaceAll('\\', '/')));
}

function readSource(folder: string, path: string): Source {
  const text = readFileSync(join(folder, path), 'utf8');
  const { module, program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  const named = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map((entry) => entry.moduleRequest?.value)),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1)),
  ].filter((name) => name !== undefined);
  return {
    path,
    lines: text.split('\n').length - 1,
    imports: unique(
      named.filter(isRelative).map((name) => relative('.', normalize(join(dirname(path), name)))),
    ),
    packages: unique(named.filter((name) => !isRelative(name))),
    functions: functionsOf(program, text),
  };
}

function isRelative(name: string): boolean {
  return name.startsWith('.');
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function functionsOf(node: unknown, text: string): { line: number; lines: number }[] {
  if (Array.isArray(node)) return node.flatMap((one) => functionsOf(one, text));
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap((one) => functionsOf(one, text));
  if (!('type' in node && functionTypes.has(String(node.type)) && 'start' in node && 'end' in node))
    return inner;
  const [start, end] = [Number(node.start), Number(node.end)];
  const line = text.slice(0, start).split('\n').length;
  return [{ line, lines: text.slice(start, end).split('\n').length }, ...inner];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
