import { readFileSync } from 'node:fs';
import { type ParametersFile, variablesOf } from '../azure/azd-parameters.ts';
import { markdownTable } from './markdown-table.ts';

type Parameter = { description: string; isSecret: boolean; fallback: string };

/** What `azd env set` knows beside azd's own: the parameters of the template, under the names of their variables. */
export function azdVariables(): string {
  const file: ParametersFile = JSON.parse(readFileSync('infra/main.parameters.json', 'utf8'));
  const parameters = parametersOf(readFileSync('infra/main.bicep', 'utf8'));
  const named = Object.entries(file.parameters)
    .map(([name, value]) => ({ name, variable: variablesOf(value)[0] ?? '' }))
    .filter(({ variable }) => !variable.startsWith('AZURE_'));
  const rows = named.map(({ name, variable }) => {
    const parameter = parameters.get(name);
    if (!parameter) throw new Error(`infra/main.bicep does not describe ${name}.`);
    const { description, isSecret, fallback } = parameter;
    const text = named.reduce(
      (so, other) => so.replaceAll(new RegExp(`\\b${other.name}\\b`, 'g'), `\`${other.variable}\``),
      description,
    );
    return [`\`${variable}\``, isSecret ? `Secret. ${text}` : text, fallback];
  });
  return markdownTable(['Name', 'Meaning', 'Without it'], rows);
}

function parametersOf(bicep: string): Map<string, Parameter> {
  const declaration =
    /^@description\('(?<description>(?:[^'\\]|\\.)*)'\)\n(?<decorators>(?:@.*\n)*)param (?<name>\w+) \w+(?: = (?<fallback>.*))?$/gm;
  return new Map(
    [...bicep.matchAll(declaration)].map(({ groups = {} }) => {
      const { name = '', description = '', decorators = '', fallback = '' } = groups;
      const parameter = {
        description: description.replaceAll("\\'", "'"),
        isSecret: decorators.includes('@secure()'),
        fallback: ['', "''", '{}'].includes(fallback) ? '–' : `\`${fallback}\``,
      };
      return [name, parameter] as const;
    }),
  );
}
