import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

/** A declared name: `value` is what stands after the equals sign, or the default of a parameter. */
type Declaration = { name: string; node: Node; value: Node | null; decorators: readonly string[] };

/** `body` is the object with its properties, inside a loop or a condition too. */
export type Resource = Declaration & {
  type: string;
  apiVersion: string;
  isExisting: boolean;
  body: Node;
};

type Module = Declaration & { path: string; body: Node };

export type BicepFile = {
  path: string;
  root: Node;
  /** Nodes of these types, wherever they stand. */
  identifiers: Node[];
  members: Node[];
  calls: Node[];
  parameters: Declaration[];
  variables: Declaration[];
  resources: Resource[];
  modules: Module[];
  outputs: Declaration[];
};

await Parser.init();
const parser = new Parser().setLanguage(
  await Language.load(createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')),
);

export function readBicep(path: string): BicepFile {
  return parseBicep(path, readFileSync(path, 'utf8'));
}

export function parseBicep(path: string, text: string): BicepFile {
  const root = parser.parse(text)?.rootNode;
  if (!root) throw new Error(`${path} was not parsed.`);
  const all = declarations(root);
  const ofType = (type: string) => all.filter(({ node }) => node.type === type);
  return {
    path,
    root,
    identifiers: root.descendantsOfType('identifier'),
    members: root.descendantsOfType('member_expression'),
    calls: root.descendantsOfType('call_expression'),
    parameters: ofType('parameter_declaration'),
    variables: ofType('variable_declaration'),
    resources: ofType('resource_declaration').map(toResource),
    modules: ofType('module_declaration').map((declaration) => ({
      ...declaration,
      path: textOf(declaration.node.namedChildren[1]),
      body: bodyOf(declaration),
    })),
    outputs: ofType('output_declaration'),
  };
}

/** Where the grammar found something that is no Bicep, and what it missed. */
export function syntaxErrors({ path, root }: BicepFile): string[] {
  if (!root.hasError) return [];
  return everyNode(root)
    .filter((node) => node.isError || node.isMissing)
    .map((node) => `${at(path, node)}: ${node.isMissing ? `${node.type} is missing` : 'no Bicep'}`);
}

export function at(path: string, node: Node): string {
  return `${path}:${node.startPosition.row + 1}`;
}

export function everyNode(node: Node): Node[] {
  return [node, ...node.children.flatMap(everyNode)];
}

/** The value at a path of property names, such as `properties.siteConfig.minTlsVersion`. */
export function valueAt(object: Node | null, path: string): Node | null {
  return path.split('.').reduce<Node | null>((node, name) => propertiesOf(node).get(name) ?? null, object);
}

export function propertiesOf(object: Node | null): Map<string, Node> {
  const properties = object?.namedChildren.filter(({ type }) => type === 'object_property') ?? [];
  return new Map(
    properties.flatMap(({ namedChildren: [key, value] }) => (key && value ? [[textOf(key), value]] : [])),
  );
}

/** A string without its quotes; anything else as it is written. */
export function textOf(node: Node | null | undefined): string {
  return node?.type === 'string' ? node.text.slice(1, -1) : (node?.text ?? '');
}

function declarations(root: Node): Declaration[] {
  return root.namedChildren.flatMap((node, index) => {
    const [name] = node.namedChildren;
    if (!node.type.endsWith('_declaration') || !name) return [];
    const before = root.namedChildren[index - 1];
    const isFor = node.type === 'parameter_declaration' ? 2 : 1;
    const value = node.namedChildCount > isFor ? (node.namedChildren.at(-1) ?? null) : null;
    const decorators = before?.type === 'decorators' ? before.namedChildren.map(decoratorName) : [];
    return [{ name: name.text, node, value, decorators }];
  });
}

function decoratorName(decorator: Node): string {
  return decorator.text.slice(1).split('(', 1)[0] ?? '';
}

function toResource(declaration: Declaration): Resource {
  const [type = '', apiVersion = ''] = textOf(declaration.node.namedChildren[1]).split('@');
  const isExisting = declaration.node.children.some((child) => child.type === 'existing');
  return { ...declaration, type, apiVersion, isExisting, body: bodyOf(declaration) };
}

function bodyOf({ value, node }: Declaration): Node {
  if (value?.type === 'for_statement') return value.childForFieldName('body') ?? value;
  if (value?.type === 'if_statement') return value.namedChildren.at(-1) ?? value;
  return value ?? node;
}
