import { dirname, join } from 'node:path';
import type { Node } from 'web-tree-sitter';
import { at, type BicepFile, everyNode, propertiesOf, textOf, valueAt } from './bicep-file.ts';
import { bicepFunctions } from './known-azure.ts';

/** The files by their path. */
export type Bicep = ReadonlyMap<string, BicepFile>;

/** Names that are used but nowhere declared, and functions that Bicep does not have. */
export function unknownNames(files: Bicep): string[] {
  return [...files.values()].flatMap((file) => {
    const declared = new Set(declarationsOf(file).map(({ name }) => name));
    return namesUsed(file).flatMap((identifier) => {
      const name = identifier.text;
      const isKnown = isFunction(identifier)
        ? bicepFunctions.has(name)
        : declared.has(name) || loopVariables(identifier).includes(name);
      return isKnown ? [] : [`${at(file.path, identifier)}: ${name} is not known`];
    });
  });
}

export function unusedNames(files: Bicep): string[] {
  return [...files.values()].flatMap((file) => {
    const used = new Set(namesUsed(file).map(({ text }) => text));
    const existing = file.resources.filter(({ isExisting }) => isExisting);
    return [...file.parameters, ...file.variables, ...existing]
      .filter(({ name }) => !used.has(name))
      .map(({ name, node }) => `${at(file.path, node)}: ${name} is not used`);
  });
}

/** Modules that are not there, parameters that they miss or do not know, and outputs that they do not have. */
export function brokenModuleCalls(files: Bicep): string[] {
  return [...files.values()].flatMap((file) =>
    file.modules.flatMap((module) => {
      const target = files.get(join(dirname(file.path), module.path));
      const where = at(file.path, module.node);
      if (!target) return [`${where}: there is no ${module.path}`];
      const given = propertiesOf(valueAt(module.body, 'params'));
      const declared = new Set(target.parameters.map(({ name }) => name));
      const outputs = new Set(target.outputs.map(({ name }) => name));
      return [
        ...target.parameters
          .filter(({ name, value }) => value === null && !given.has(name))
          .map(({ name }) => `${where}: ${module.path} is not given ${name}`),
        ...[...given.keys()]
          .filter((name) => !declared.has(name))
          .map((name) => `${where}: ${module.path} has no parameter ${name}`),
        ...outputsUsed(file, module.name)
          .filter(([, name]) => !outputs.has(name))
          .map(([node, name]) => `${at(file.path, node)}: ${module.path} has no output ${name}`),
      ];
    }),
  );
}

/**
 * Parameters of the module at `to` that `from` does not hand on under the same name, or declares otherwise. The
 * region is the resource group's by default, which only the module knows.
 */
export function notHandedOn(files: Bicep, from: string, to: string): string[] {
  const source = files.get(from);
  const call = source?.modules.find(({ path }) => path === to);
  const given = propertiesOf(valueAt(call?.body ?? null, 'params'));
  const target = files.get(join(dirname(from), to));
  return (target?.parameters ?? []).flatMap(({ name, node }) => {
    const own = source?.parameters.find((parameter) => parameter.name === name);
    return [
      ...(textOf(given.get(name)) === name ? [] : [`${from}: ${name} is not handed on to ${to}`]),
      ...(name === 'location' || own?.node.text === node.text ? [] : [`${from}: ${name} is not as in ${to}`]),
    ];
  });
}

export function undescribed(files: Bicep): string[] {
  return [...files.values()].flatMap((file) =>
    [...file.parameters, ...file.outputs]
      .filter(({ decorators }) => !decorators.includes('description'))
      .map(({ name, node }) => `${at(file.path, node)}: ${name} has no @description`),
  );
}

/** Where a name is used, not where it is declared or is the key of a property. */
function namesUsed({ identifiers }: BicepFile): Node[] {
  return identifiers.filter(({ parent, id }) => {
    if (!parent) return false;
    const isFirst = parent.namedChildren[0]?.id === id;
    const isName = parent.type === 'object_property' || parent.type.endsWith('_declaration');
    const isLoopVariable = parent.type === 'for_statement' && isFirst;
    return !(isLoopVariable || (isName && isFirst));
  });
}

function isFunction({ parent, id }: Node): boolean {
  return parent?.type === 'call_expression' && parent.childForFieldName('function')?.id === id;
}

function declarationsOf({ parameters, variables, resources, modules }: BicepFile) {
  return [...parameters, ...variables, ...resources, ...modules];
}

function loopVariables(node: Node | null): string[] {
  if (!node) return [];
  const outer = loopVariables(node.parent);
  if (node.type !== 'for_statement') return outer;
  const head = node.namedChildren.slice(0, -2);
  return [...outer, ...head.flatMap(everyNode).map(({ text }) => text)];
}

function outputsUsed({ members }: BicepFile, module: string): [node: Node, output: string][] {
  return members.flatMap((node): [Node, string][] => {
    const [, name, output] = /^(\w+)\.\??outputs\.(\w+)$/.exec(node.text) ?? [];
    return name === module && output ? [[node, output]] : [];
  });
}
