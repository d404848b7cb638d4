import { definition, operationsOf } from '../../test/connector/swagger.ts';
import { markdownTable } from './markdown-table.ts';

/** The actions and triggers that a maker sees, as the designer names and describes them. */
export function connectorOperations(): string {
  const seen = operationsOf(definition)
    .map(({ operation }) => operation)
    .filter((operation) => operation['x-ms-visibility'] !== 'internal');
  const isTrigger = (operation: (typeof seen)[number]) => operation['x-ms-trigger'] !== undefined;
  const table = (head: string, operations: typeof seen) =>
    markdownTable(
      [head, 'What it does'],
      operations.map(({ summary, description }) => [summary, description]),
    );
  return `${table(
    'Action',
    seen.filter((operation) => !isTrigger(operation)),
  )}\n\n${table('Trigger', seen.filter(isTrigger))}`;
}
