import definitionJson from '../../connector/apiDefinition.swagger.json' with { type: 'json' };

/** A schema, a property or a parameter of the definition, as far as the tests look at it. */
export type Node = {
  $ref?: string;
  type?: string;
  format?: string;
  description?: string;
  enum?: unknown[];
  required?: string[] | boolean;
  readOnly?: boolean;
  properties?: Record<string, Node>;
  additionalProperties?: boolean | Node;
  items?: Node;
  name?: string;
  in?: string;
  schema?: Node;
  'x-ms-summary'?: string;
  'x-ms-visibility'?: string;
  'x-ms-url-encoding'?: string;
  'x-ms-notification-url'?: boolean;
  'x-ms-dynamic-values'?: DynamicValues;
  'x-ms-dynamic-list'?: DynamicList;
  'x-nullable'?: boolean;
};

export type DynamicValues = {
  operationId: string;
  parameters?: Record<string, { parameter?: string }>;
  'value-collection'?: string;
  'value-path'?: string;
  'value-title'?: string;
};

export type DynamicList = {
  operationId: string;
  parameters?: Record<string, { parameterReference?: string }>;
  itemsPath?: string;
  itemValuePath?: string;
  itemTitlePath?: string;
};

export type Operation = {
  operationId: string;
  summary: string;
  description: string;
  consumes?: string[];
  parameters?: Node[];
  responses: Record<string, Node>;
  'x-ms-visibility'?: string;
  'x-ms-trigger'?: string;
  'x-ms-pageable'?: { nextLinkName: string };
};

type PathItem = Record<string, Operation> & {
  'x-ms-notification-content'?: { description?: string; schema?: Node };
};

export type Definition = {
  swagger: string;
  info: { title: string; description: string; contact: { name: string; url: string; email: string } };
  consumes: string[];
  produces: string[];
  paths: Record<string, PathItem>;
  definitions: Record<string, Node>;
  parameters: Record<string, Node>;
  responses: Record<string, Node>;
  securityDefinitions: Record<string, { type: string; in: string; name: string }>;
  'x-ms-connector-metadata': { propertyName: string; propertyValue: string }[];
};

export type FoundOperation = { path: string; method: string; item: PathItem; operation: Operation };

export const definition: Definition = JSON.parse(JSON.stringify(definitionJson));

const methods = ['get', 'post', 'put', 'patch', 'delete'];

export function operationsOf({ paths }: Definition): FoundOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ path, method, item, operation }] : [];
    }),
  );
}

export function findOperation(swagger: Definition, operationId: string): FoundOperation {
  const found = operationsOf(swagger).find(({ operation }) => operation.operationId === operationId);
  if (!found) throw new Error(`There is no operation ${operationId}`);
  return found;
}

/** Follows `$ref` once: in this definition none leads to another. */
function resolve(swagger: Definition, node: Node): Node {
  if (node.$ref === undefined) return node;
  const [, section, name = ''] = node.$ref.split('/');
  const { definitions, parameters, responses } = swagger;
  const target = new Map(Object.entries({ definitions, parameters, responses })).get(section ?? '')?.[name];
  if (!target) throw new Error(`${node.$ref} leads nowhere`);
  return target;
}

export function parametersOf(swagger: Definition, { parameters = [] }: Operation): Node[] {
  return parameters.map((parameter) => resolve(swagger, parameter));
}

/** The answers of an operation by their status. */
export function answersOf(swagger: Definition, { responses }: Operation): Map<string, Node> {
  return new Map(Object.entries(responses).map(([status, answer]) => [status, resolve(swagger, answer)]));
}

/** The schema of the one answer that has one; null if none has. */
export function answerSchema(swagger: Definition, operation: Operation): Node | null {
  const answers = [...answersOf(swagger, operation).values()];
  const schema = answers.find((answer) => answer.schema)?.schema;
  return schema ? resolve(swagger, schema) : null;
}

/** The property that a path such as `value` or `subscription/jobId` leads to, through lists and references. */
export function propertyAt(swagger: Definition, schema: Node, path: readonly string[]): Node | null {
  let node = resolve(swagger, schema);
  for (const name of path) {
    if (node.items) node = resolve(swagger, node.items);
    const property = node.properties?.[name];
    if (!property) return null;
    node = resolve(swagger, property);
  }
  return node;
}

/** Every object in the definition with its JSON pointer. */
export function everyNode(value: unknown, pointer = ''): { pointer: string; node: object }[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, child]) =>
    everyNode(child, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
  return Array.isArray(value) ? inner : [{ pointer, node: value }, ...inner];
}

/** Every parameter and every property of a schema, with its JSON pointer. */
export function everyInput(swagger: Definition): { pointer: string; name: string; node: Node }[] {
  return everyNode(swagger).flatMap(({ pointer, node }) => {
    const parent = pointer.split('/').at(-2) ?? '';
    const name = pointer.split('/').at(-1) ?? '';
    const isProperty = parent === 'properties';
    const isParameter = 'in' in node && 'name' in node && !pointer.startsWith('/securityDefinitions');
    if (!isProperty && !isParameter) return [];
    const input: Node = node;
    return [{ pointer, name: input.name ?? name, node: isProperty ? resolve(swagger, input) : input }];
  });
}
