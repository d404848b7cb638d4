import { describe, expect, test } from 'vitest';
import { commandProblems, commandsIn } from '../../tools/azure/doc-commands.ts';

const variables = ['FNO_ORG_URL', 'APP_SETTINGS'];

function problemsIn(markdown: string): string[] {
  return commandsIn('page.md', markdown).flatMap((command) => commandProblems(command, variables));
}

test('commands are found in blocks, in sentences, joined, and within others', () => {
  const page = [
    'Type `azd up`, or run `npm ci`.',
    '',
    '   ```',
    '   cd dist && az login',
    '   az group list --query $(az ad signed-in-user show --query id)',
    '   ```',
  ].join('\n');
  expect(commandsIn('page.md', page).map(({ text }) => text)).toEqual([
    'az login',
    'az group list --query <value>',
    'az ad signed-in-user show --query id',
    'azd up',
  ]);
});

describe('a command is taken', () => {
  test.each([
    'azd auth login',
    'azd env set FNO_ORG_URL https://contoso.operations.dynamics.com',
    `azd env set APP_SETTINGS '{"REQUEUES_PER_MINUTE":"30"}'`,
    'azd env set APP_SETTINGS "{\\"REQUEUES_PER_MINUTE\\":\\"30\\"}"',
    'azd env set FNO_ORG_URL ""',
    'azd env set <name> <some value>',
    'az keyvault secret set --vault-name <name> --name webhook --value "<WEBHOOK_URL>/uat?code=<key>"',
  ])('%s', (command) => {
    expect(problemsIn(`\`\`\`\n${command}\n\`\`\``)).toEqual([]);
  });
});

describe('a command is refused', () => {
  test.each([
    ['az bicep compile --file infra/main.bicep', /not in the list/],
    ['azd env set FNO_ORG_URL', /takes other arguments/],
    ['azd env set RETRY_POLICY retry-policy.json', /asks for no RETRY_POLICY/],
    ['azd up --yes', /--yes is not known/],
    ['az keyvault secret set --value "https://a?code=b&environment=uat"', /has an &/],
  ])('%s', (command, problem) => {
    expect(problemsIn(`\`\`\`\n${command}\n\`\`\``).join('\n')).toMatch(problem);
  });
});
