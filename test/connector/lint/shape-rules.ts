import { answersOf, everyInput, everyNode, type Node, operationsOf, parametersOf } from '../swagger.ts';
import { type Rule, unless } from './rule.ts';

const get = '/definition/paths/~1batch-jobs~1{jobId}/get';
const retry = '/definition/paths/~1batch-jobs~1{jobId}~1retry/post';

export const shapeRules: Rule[] = [
  {
    sentence: 'An operation has at least one 2xx answer, and default never alone',
    check: ({ definition }) =>
      operationsOf(definition).flatMap(({ operation }) =>
        unless(
          Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status)),
          operation.operationId,
        ),
      ),
    broken: [[`${get}/responses/200`, undefined]],
  },
  {
    sentence: 'An answer of 200 or 201 has a schema',
    check: ({ definition }) =>
      operationsOf(definition).flatMap(({ operation: { operationId, responses } }) =>
        ['200', '201'].flatMap((status) =>
          unless(responses[status] === undefined || responses[status].schema !== undefined, operationId),
        ),
      ),
    broken: [
      [`${get}/responses/200/schema`, undefined],
      ['/definition/paths/~1subscriptions~1exhausted/post/responses/201/schema', undefined],
    ],
  },
  {
    sentence: 'Only one answer of an operation has a schema, and default has none',
    check: ({ definition }) =>
      operationsOf(definition).flatMap(({ operation }) => {
        const answers = [...answersOf(definition, operation)];
        const withSchema = answers.filter(([, answer]) => answer.schema !== undefined);
        return unless(
          withSchema.length <= 1 && !withSchema.some(([status]) => status === 'default'),
          operation.operationId,
        );
      }),
    broken: [
      [`${retry}/responses/202/schema`, { $ref: '#/definitions/Decision' }],
      ['/definition/responses/Problem/schema', { $ref: '#/definitions/Decision' }],
      [
        '/definition/paths/~1subscriptions~1{subscriptionId}/delete/responses/default',
        { schema: { type: 'string' } },
      ],
    ],
  },
  {
    sentence: 'There is no empty schema, list of properties or operation',
    check: ({ definition }) => [
      ...everySchema(definition).flatMap(({ pointer, node }) => unless(!isEmpty(node), pointer)),
      ...operationsOf(definition).flatMap(({ path, operation }) =>
        unless(Object.keys(operation).length > 0 && Object.keys(operation.responses).length > 0, path),
      ),
    ],
    broken: [
      [`${get}/responses/200/schema`, {}],
      ['/definition/definitions/BatchJob/properties', {}],
      ['/definition/definitions/BatchJob/properties', undefined],
    ],
  },
  {
    sentence: 'Every shape is a component of its own: an object elsewhere is only a reference',
    check: ({ definition }) =>
      everySchema(definition).flatMap(({ pointer, node }) =>
        unless(node.type !== 'object' || /^\/definitions\/\w+$/.test(pointer), pointer),
      ),
    broken: [
      [`${get}/responses/200/schema`, { type: 'object', properties: { jobId: { type: 'string' } } }],
      ['/definition/definitions/HistoryEntry/properties/fno', { type: 'object', properties: { a: {} } }],
    ],
  },
  {
    sentence: 'Nothing stands beside a $ref',
    check: ({ definition }) =>
      everyNode(definition).flatMap(({ pointer, node }) =>
        unless(!('$ref' in node) || Object.keys(node).length === 1, pointer),
      ),
    broken: [['/definition/definitions/HistoryEntry/properties/fno/description', 'What F&O answered.']],
  },
  {
    sentence:
      'A parameter in the path is required and has x-ms-url-encoding single; one in the query has none',
    check: ({ definition }) =>
      operationsOf(definition).flatMap(({ operation }) =>
        parametersOf(definition, operation).flatMap((parameter) => {
          const encoding = parameter['x-ms-url-encoding'];
          if (parameter.in === 'path')
            return unless(parameter.required === true && encoding === 'single', `${parameter.name}`);
          return unless(encoding === undefined, `${parameter.name}`);
        }),
      ),
    broken: [
      ['/definition/parameters/JobId/required', false],
      ['/definition/parameters/JobId/x-ms-url-encoding', undefined],
      ['/definition/parameters/Environment/x-ms-url-encoding', 'single'],
    ],
  },
  {
    sentence: 'A GET has no body',
    check: ({ definition }) =>
      operationsOf(definition)
        .filter(({ method }) => method === 'get')
        .flatMap(({ operation }) =>
          unless(
            !parametersOf(definition, operation).some((parameter) => parameter.in === 'body'),
            operation.operationId,
          ),
        ),
    broken: [[`${get}/parameters/0`, { $ref: '#/parameters/Reason' }]],
  },
  {
    sentence: 'No input that is required is read-only, and none that is hidden lacks a value',
    check: ({ definition }) =>
      everyNode(definition).flatMap(
        ({ pointer, node: { required = [], properties = {} } }: { pointer: string; node: Node }) =>
          (Array.isArray(required) ? required : []).flatMap((name) => {
            const property = properties[name] ?? {};
            const isHidden = property['x-ms-visibility'] === 'internal' && !('default' in property);
            return unless(
              property.readOnly !== true && (!isHidden || property['x-ms-notification-url'] === true),
              `${pointer}/${name}`,
            );
          }),
      ),
    broken: [
      ['/definition/definitions/ReasonRequest/properties/reason/readOnly', true],
      ['/definition/definitions/ReasonRequest/properties/reason/x-ms-visibility', 'internal'],
    ],
  },
  {
    sentence: 'The values of an enum are of its type',
    check: ({ definition }) =>
      everyNode(definition).flatMap(({ pointer, node }: { pointer: string; node: Node }) =>
        unless(!Array.isArray(node.enum) || node.enum.every((value) => typeof value === node.type), pointer),
      ),
    broken: [['/definition/definitions/BatchJob/properties/state/enum/0', 1]],
  },
  {
    sentence: 'The MIME type is application/json',
    check: ({ definition }) =>
      [
        definition.consumes,
        definition.produces,
        ...operationsOf(definition).map(({ operation }) => operation.consumes ?? ['application/json']),
      ].flatMap((types) => unless(types.join() === 'application/json', types.join())),
    broken: [
      ['/definition/produces', ['text/json']],
      [`${retry}/consumes`, ['application/x-www-form-urlencoded']],
    ],
  },
  {
    sentence: '64-bit ids are strings both ways',
    check: ({ definition }) => [
      ...everyNode(definition).flatMap(({ pointer, node }: { pointer: string; node: Node }) =>
        unless(node.format !== 'int64', pointer),
      ),
      ...everyInput(definition)
        .filter(({ name }) => /(^id|Id)$/.test(name))
        .flatMap(({ pointer, node }) => unless(node.type === 'string', pointer)),
    ],
    broken: [
      ['/definition/definitions/BatchJob/properties/jobId/type', 'integer'],
      ['/definition/parameters/JobId/type', 'number'],
      ['/definition/definitions/BatchJob/properties/retriesUsed/format', 'int64'],
    ],
  },
];

/** Schemas wherever they stand: components, bodies, answers, notifications, properties and items. */
function everySchema(definition: Parameters<typeof operationsOf>[0]): { pointer: string; node: Node }[] {
  return everyNode(definition).filter(({ pointer }) =>
    /(^\/definitions\/\w+|\/schema|\/items|\/properties\/\w+)$/.test(pointer),
  );
}

function isEmpty(node: Node): boolean {
  if (node.$ref !== undefined) return false;
  if (node.type === undefined) return true;
  const hasProperties = node.properties !== undefined && Object.keys(node.properties).length > 0;
  return node.type === 'object' && !hasProperties && node.additionalProperties === undefined;
}
