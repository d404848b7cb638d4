import {
  answerSchema,
  type Definition,
  type DynamicList,
  type DynamicValues,
  everyInput,
  findOperation,
  type FoundOperation,
  operationsOf,
  parametersOf,
  propertyAt,
} from '../swagger.ts';
import { type Rule, unless } from './rule.ts';

const exhausted = '/definition/paths/~1subscriptions~1exhausted';
const jobFilter = '/definition/definitions/SubscriptionRequest/properties/jobId';

export const triggerRules: Rule[] = [
  {
    sentence:
      'A dropdown names an operation that exists, its parameters, and the list, value and title in its answer',
    check: ({ definition }) =>
      everyInput(definition).flatMap(({ pointer, node }) => {
        const values = node['x-ms-dynamic-values'];
        const list = node['x-ms-dynamic-list'];
        return [
          ...(values ? unless(isAnswered(definition, values), `${pointer} x-ms-dynamic-values`) : []),
          ...(list ? unless(isAnswered(definition, asValues(list)), `${pointer} x-ms-dynamic-list`) : []),
        ];
      }),
    broken: [
      ['/definition/parameters/JobId/x-ms-dynamic-values/operationId', 'FindBatchJobs'],
      ['/definition/parameters/JobId/x-ms-dynamic-values/value-path', 'id'],
      ['/definition/parameters/JobId/x-ms-dynamic-values/value-title', undefined],
      ['/definition/parameters/JobId/x-ms-dynamic-values/value-collection', 'jobs'],
      ['/definition/parameters/JobId/x-ms-dynamic-values/parameters', { env: { parameter: 'environment' } }],
      [`${jobFilter}/x-ms-dynamic-list/itemTitlePath`, 'name'],
    ],
  },
  {
    sentence: 'Where the reference of a dropdown reaches into a body there is an x-ms-dynamic-list, too',
    check: ({ definition }) =>
      everyInput(definition)
        .filter(({ pointer, node }) => pointer.startsWith('/definitions/') && node['x-ms-dynamic-values'])
        .flatMap(({ pointer, node }) => unless(node['x-ms-dynamic-list'] !== undefined, pointer)),
    broken: [[`${jobFilter}/x-ms-dynamic-list`, undefined]],
  },
  {
    sentence: 'A dropdown only refers to a parameter that stands beside it',
    check: ({ definition }) =>
      operationsOf(definition).flatMap(({ operation }) => {
        const parameters = parametersOf(definition, operation);
        return parameters.flatMap((parameter) =>
          Object.values(parameter['x-ms-dynamic-values']?.parameters ?? {}).flatMap((reference) =>
            unless(
              parameters.some(({ name }) => name === reference.parameter),
              `${operation.operationId} ${parameter.name}`,
            ),
          ),
        );
      }),
    broken: [
      ['/definition/parameters/JobId/x-ms-dynamic-values/parameters/environment/parameter', 'env'],
      ['/definition/paths/~1batch-jobs~1{jobId}/get/parameters', [{ $ref: '#/parameters/JobId' }]],
    ],
  },
  {
    sentence: 'An operation whose answer has nextLink is pageable by it, and no other',
    check: ({ definition }) =>
      operationsOf(definition).flatMap(({ operation }) => {
        const schema = answerSchema(definition, operation);
        const hasLink = schema !== null && propertyAt(definition, schema, ['nextLink']) !== null;
        const paged = operation['x-ms-pageable'];
        return unless(
          hasLink ? paged?.nextLinkName === 'nextLink' : paged === undefined,
          operation.operationId,
        );
      }),
    broken: [
      ['/definition/paths/~1batch-jobs/get/x-ms-pageable', undefined],
      ['/definition/paths/~1batch-jobs/get/x-ms-pageable/nextLinkName', 'next'],
      ['/definition/paths/~1environments/get/x-ms-pageable', { nextLinkName: 'nextLink' }],
    ],
  },
  {
    sentence: 'A trigger is a POST that takes the callback address: hidden, required, and marked as such',
    check: ({ definition }) =>
      triggers(definition).flatMap(({ method, operation }) => {
        const [body] = parametersOf(definition, operation);
        const schema = body?.schema ? propertyAt(definition, body.schema, []) : null;
        const url = schema?.properties?.['callbackUrl'];
        const isRequired = Array.isArray(schema?.required) && schema.required.includes('callbackUrl');
        return unless(
          method === 'post' &&
            isRequired &&
            url?.['x-ms-notification-url'] === true &&
            url['x-ms-visibility'] === 'internal',
          operation.operationId,
        );
      }),
    broken: [
      ['/definition/definitions/SubscriptionRequest/properties/callbackUrl/x-ms-notification-url', undefined],
      ['/definition/definitions/SubscriptionRequest/properties/callbackUrl/x-ms-visibility', 'important'],
      ['/definition/definitions/SubscriptionRequest/required', ['environment']],
    ],
  },
  {
    sentence:
      'A trigger answers 201, and x-ms-notification-content with description and schema stands beside it',
    check: ({ definition }) =>
      triggers(definition).flatMap(({ item, operation }) => {
        const content = item['x-ms-notification-content'];
        return unless(
          operation.responses['201'] !== undefined &&
            operation['x-ms-trigger'] === 'single' &&
            content?.description !== undefined &&
            content.schema?.$ref !== undefined,
          operation.operationId,
        );
      }),
    broken: [
      [`${exhausted}/x-ms-notification-content`, undefined],
      [`${exhausted}/x-ms-notification-content/schema`, undefined],
      [`${exhausted}/x-ms-notification-content/description`, undefined],
      [`${exhausted}/post/x-ms-trigger`, 'batch'],
      [`${exhausted}/post/responses/201`, undefined],
    ],
  },
  {
    sentence: 'Every path with notifications is a trigger',
    check: ({ definition }) =>
      Object.entries(definition.paths).flatMap(([path, item]) =>
        unless(
          item['x-ms-notification-content'] === undefined || item['post']?.['x-ms-trigger'] !== undefined,
          path,
        ),
      ),
    broken: [[`${exhausted}/post/x-ms-trigger`, undefined]],
  },
  {
    sentence: 'The DELETE of a subscription is in the definition, hidden, and answers 200 or 204',
    check: ({ definition }) => {
      const ends = operationsOf(definition).filter(
        ({ path, method, operation }) =>
          path.startsWith('/subscriptions/{') &&
          method === 'delete' &&
          operation['x-ms-visibility'] === 'internal' &&
          (operation.responses['204'] ?? operation.responses['200']) !== undefined,
      );
      return unless(ends.length === 1, 'There is no such DELETE');
    },
    broken: [
      ['/definition/paths/~1subscriptions~1{subscriptionId}', undefined],
      ['/definition/paths/~1subscriptions~1{subscriptionId}/delete/x-ms-visibility', 'important'],
      ['/definition/paths/~1subscriptions~1{subscriptionId}/delete/responses/204', undefined],
    ],
  },
];

function triggers(definition: Definition): FoundOperation[] {
  return operationsOf(definition).filter(({ operation }) => operation['x-ms-trigger'] !== undefined);
}

/** Whether the operation behind a dropdown can be called as it says and answers what it names. */
function isAnswered(definition: Definition, values: DynamicValues): boolean {
  const { operationId, parameters = {} } = values;
  const { 'value-collection': collection, 'value-path': path, 'value-title': title } = values;
  if (collection === undefined || path === undefined || title === undefined) return false;
  if (!operationsOf(definition).some(({ operation }) => operation.operationId === operationId)) return false;
  const { operation } = findOperation(definition, operationId);
  const schema = answerSchema(definition, operation);
  const known = parametersOf(definition, operation);
  const given = Object.keys(parameters);
  return (
    schema !== null &&
    propertyAt(definition, schema, [collection, path]) !== null &&
    propertyAt(definition, schema, [collection, title]) !== null &&
    given.every((name) => known.some((parameter) => parameter.name === name)) &&
    known.every(({ name = '', required }) => required !== true || given.includes(name))
  );
}

function asValues({
  operationId,
  parameters = {},
  itemsPath = '',
  itemValuePath = '',
  itemTitlePath = '',
}: DynamicList): DynamicValues {
  return {
    operationId,
    parameters: Object.fromEntries(Object.keys(parameters).map((name) => [name, {}])),
    'value-collection': itemsPath,
    'value-path': itemValuePath,
    'value-title': itemTitlePath,
  };
}
