import { alertRules } from '../azure/alert-rules.ts';
import { markdownTable } from './markdown-table.ts';

/** The alerts, each with a link to its page. */
export function alertsTable(): string {
  return markdownTable(
    ['Alert', 'When', 'Looks every'],
    alertRules.map(({ name, displayName, evaluationFrequency }) => [
      `[${name}](incidents/${name}.md)`,
      displayName,
      evaluationFrequency.replace(/^PT(\d+)M$/, '$1 min'),
    ]),
  );
}
