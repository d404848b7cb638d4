import { everyInput, operationsOf } from '../swagger.ts';
import { type Rule, unless } from './rule.ts';

const visibilities = ['important', 'advanced', 'internal'];
const get = '/definition/paths/~1batch-jobs~1{jobId}/get';

export const operationRules: Rule[] = [
  {
    sentence: 'An operationId is in PascalCase, of letters and digits',
    check: ({ definition }) =>
      operationsOf(definition)
        .map(({ operation }) => operation.operationId)
        .filter((id) => !/^([A-Z][a-z0-9]+)+$/.test(id)),
    broken: [
      [`${get}/operationId`, 'getBatchJob'],
      [`${get}/operationId`, 'Get_BatchJob'],
      [`${get}/operationId`, 'GETJOB'],
    ],
  },
  {
    sentence: 'An operationId is unique',
    check: ({ definition }) => {
      const ids = operationsOf(definition).map(({ operation }) => operation.operationId);
      return ids.filter((id, index) => ids.indexOf(id) !== index);
    },
    broken: [[`${get}/operationId`, 'ListBatchJobs']],
  },
  {
    sentence: 'A summary has at most 80 characters, ends with a letter or a digit, and has no slash',
    check: ({ definition }) =>
      summaries(definition).filter((summary) => !/^[^/]{0,79}[A-Za-z0-9]$/.test(summary)),
    broken: [
      [`${get}/summary`, 'Get a batch job.'],
      [`${get}/summary`, 'Get a job/batch'],
      [`${get}/summary`, `Get a ${'very '.repeat(20)}good batch job`],
    ],
  },
  {
    sentence: 'A summary is in sentence case',
    check: ({ definition }) =>
      summaries(definition).filter((summary) => {
        const [first = '', ...others] = summary.split(' ');
        return !/^[A-Z][a-z]*$/.test(first) || others.some((word) => /^[A-Z]/.test(word) && word !== 'F&O');
      }),
    broken: [
      [`${get}/summary`, 'Get a Batch Job'],
      [`${get}/summary`, 'get a batch job'],
    ],
  },
  {
    sentence: 'A description is a full sentence with its full stop, and not the summary',
    check: ({ definition }) => [
      ...operationsOf(definition).flatMap(({ operation: { operationId, summary, description } }) =>
        unless(isSentence(description) && description.replace(/\.$/, '') !== summary, operationId),
      ),
      ...everyInput(definition).flatMap(({ pointer, node }) =>
        unless(isSentence(node.description ?? '') && node.description !== node['x-ms-summary'], pointer),
      ),
    ],
    broken: [
      [`${get}/description`, 'Get a batch job.'],
      [`${get}/description`, 'Gets the state of one batch job'],
      ['/definition/definitions/BatchJob/properties/state/description', undefined],
      ['/definition/definitions/BatchJob/properties/state/description', 'state.'],
    ],
  },
  {
    sentence: 'Every parameter and property has an x-ms-summary in Title Case of at most 80 characters',
    check: ({ definition }) =>
      everyInput(definition)
        .filter(({ node }) => !isTitleCase(node['x-ms-summary'] ?? ''))
        .map(({ pointer }) => pointer),
    broken: [
      ['/definition/parameters/JobId/x-ms-summary', undefined],
      ['/definition/definitions/BatchJob/properties/state/x-ms-summary', 'Retries used'],
      ['/definition/definitions/BatchJob/properties/state/x-ms-summary', 'State '.repeat(16).trim()],
      ['/definition/definitions/FnoAnswer/x-ms-summary', undefined],
    ],
  },
  {
    sentence: 'Every operation has an x-ms-visibility: important, advanced or internal',
    check: ({ definition }) =>
      operationsOf(definition).flatMap(({ operation }) =>
        unless(visibilities.includes(operation['x-ms-visibility'] ?? ''), operation.operationId),
      ),
    broken: [
      [`${get}/x-ms-visibility`, undefined],
      [`${get}/x-ms-visibility`, 'hidden'],
    ],
  },
  {
    sentence:
      'A trigger\'s summary begins with "When a", its description with "This operation triggers when"',
    check: ({ definition }) =>
      operationsOf(definition)
        .filter(({ operation }) => operation['x-ms-trigger'] !== undefined)
        .flatMap(({ operation: { operationId, summary, description } }) =>
          unless(
            /^When an? [a-z]/.test(summary) && description.startsWith('This operation triggers when '),
            operationId,
          ),
        ),
    broken: [
      ['/definition/paths/~1subscriptions~1exhausted/post/summary', 'Retries are exhausted'],
      ['/definition/paths/~1subscriptions~1exhausted/post/summary', 'When retries are exhausted'],
      [
        '/definition/paths/~1subscriptions~1exhausted/post/description',
        'Triggers when retries are exhausted.',
      ],
    ],
  },
];

function summaries(definition: Parameters<typeof operationsOf>[0]): string[] {
  return operationsOf(definition).map(({ operation }) => operation.summary);
}

function isSentence(text: string): boolean {
  return /^[A-Z].{8,}\.$/.test(text);
}

const smallWords = ['a', 'an', 'and', 'as', 'at', 'by', 'for', 'in', 'of', 'or', 'the', 'to'];

function isTitleCase(text: string): boolean {
  const words = text.split(' ');
  return (
    text.length <= 80 &&
    words.every((word, index) => /^[A-Z]/.test(word) || (index > 0 && smallWords.includes(word)))
  );
}
