import { type EventFields, type FieldKind, knownFields } from '../../events/event-fields.ts';
import { isObject } from '../../events/schema-validator.ts';

export type JsonSchemaFields = {
  fields: EventFields;
  /** Keywords that narrow a field beyond its type, each with its place. The schema leaves them out. */
  leftOut: string[];
};

type Node = Record<string, unknown>;

/** Ends the expansion of a schema that refers to itself. */
const maxDepth = 16;

/** Whether a document is a JSON Schema (of any draft) rather than an event. */
export function isJsonSchema(document: Record<string, unknown>): boolean {
  if ('BusinessEventId' in document) return false;
  return (
    '$schema' in document ||
    '$ref' in document ||
    isObject(document['properties']) ||
    isObject(document['items'])
  );
}

/**
 * Reads the fields that a JSON Schema (draft 4 to 2020-12) declares for an event, or for the items of a list of
 * events. Reads only types: other keywords that generators write (enum, format, minLength) come from one sample and
 * would reject the next event.
 */
export function jsonSchemaFields(document: Record<string, unknown>): JsonSchemaFields {
  const found = new Map<string, Set<FieldKind>>();
  const leftOut = new Set<string>();
  for (const root of alternatives(document, document, 0)) {
    for (const node of [root, ...(isObject(root['items']) ? alternatives(root['items'], document, 0) : [])]) {
      const properties = isObject(node['properties']) ? node['properties'] : {};
      for (const [name, declared] of Object.entries(properties)) {
        const kinds = found.get(name) ?? new Set();
        found.set(name, kinds);
        for (const kind of kindsOf(declared, document)) kinds.add(ofField(name, kind));
        for (const keyword of narrowing(declared)) leftOut.add(`/properties/${name}/${keyword}`);
      }
    }
  }
  return { fields: found, leftOut: [...leftOut] };
}

/** A JSON Schema calls F&O's times strings, because `/Date(ms)/` is not a date-time. */
function ofField(name: string, kind: FieldKind): FieldKind {
  return kind === 'text' && knownFields.get(name)?.has('time') ? 'time' : kind;
}

function kindsOf(declared: unknown, document: Node): FieldKind[] {
  if (!isObject(declared)) return ['any'];
  return alternatives(declared, document, 0).flatMap((node) => {
    const types = [node['type']].flat();
    if (types.length === 1 && types[0] === undefined) return typesOfValues(node);
    return types.map((type) => kindOfType(type, node['format']));
  });
}

function kindOfType(type: unknown, format: unknown): FieldKind {
  switch (type) {
    case 'string':
      return format === 'date-time' ? 'time' : 'text';
    case 'integer':
      return 'int64';
    case 'number':
    case 'boolean':
    case 'array':
    case 'object':
    case 'null':
      return type;
    default:
      return 'any';
  }
}

/** A node without `type` may show it in `enum` or `const`. */
function typesOfValues(node: Node): FieldKind[] {
  const values = Array.isArray(node['enum']) ? node['enum'] : 'const' in node ? [node['const']] : [];
  if (values.length === 0) return ['any'];
  return values.map((value) => (value === null ? 'null' : typeof value === 'string' ? 'text' : 'any'));
}

/** Returns the node itself, or the nodes that it refers to or combines. */
function alternatives(node: Node, document: Node, depth: number): Node[] {
  if (depth > maxDepth) return [{}];
  const { $ref, anyOf, oneOf, allOf, ...own } = node;
  const parts = [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? list : [])).filter(isObject);
  const target = typeof $ref === 'string' ? resolve($ref, document) : null;
  const referred = target ? [target] : [];
  if (parts.length === 0 && typeof $ref !== 'string') return [own];
  const saysSomething = 'type' in own || 'properties' in own;
  return [
    ...(saysSomething || (parts.length === 0 && target === null) ? [own] : []),
    ...[...parts, ...referred].flatMap((part) => alternatives(part, document, depth + 1)),
  ];
}

/** Resolves a reference within the document; null for one that leads elsewhere. */
function resolve(reference: string, document: Node): Node | null {
  if (!reference.startsWith('#')) return null;
  let found: unknown = document;
  for (const part of decode(reference.slice(1)).split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return isObject(found) ? found : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const narrowingKeywords = [
  'enum',
  'const',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'multipleOf',
];

function narrowing(declared: unknown): string[] {
  return isObject(declared) ? narrowingKeywords.filter((keyword) => keyword in declared) : [];
}
