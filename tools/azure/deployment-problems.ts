import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { type Declared, type ParametersFile, resolveParameters, variablesOf } from './azd-parameters.ts';
import { readAzureYaml } from './azure-yaml.ts';
import { compile, findBicep } from './bicep.ts';
import { commandProblems, commandsIn } from './doc-commands.ts';
import { pipelineProblems } from './pipeline-problems.ts';
import { workflowProblems } from './workflow-problems.ts';

/** Set by azd itself, or by whoever chooses a subscription. */
const ofAzd = ['AZURE_ENV_NAME', 'AZURE_LOCATION', 'AZURE_PRINCIPAL_ID', 'AZURE_SUBSCRIPTION_ID'];

const workflow = '.github/workflows/azure-dev.yml';

/** One line for each thing in the project that a tool of the deployment would stumble over. */
export async function deploymentProblems(
  read: (file: string) => string,
  pages: readonly string[],
): Promise<string[]> {
  const parametersFile: ParametersFile = JSON.parse(read('infra/main.parameters.json'));
  const variables = [...new Set(variablesOf(parametersFile)), ...ofAzd];
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
  const funcignore = existsSync('.funcignore') ? read('.funcignore') : null;
  const bicep = findBicep();
  return [
    ...readAzureYaml(parse(read('azure.yaml')), { funcignore, scripts }).problems,
    ...(bicep === null
      ? []
      : parameterProblems(parametersFile, compile(bicep, 'infra/main.bicep').parameters ?? {})),
    ...(await workflowProblems(workflow, read(workflow))),
    ...pipelineProblems(parse(read('azure-pipelines.yml'))).map(
      (problem) => `azure-pipelines.yml: ${problem}`,
    ),
    ...pages.flatMap((page) =>
      commandsIn(page, read(page)).flatMap((command) => commandProblems(command, variables)),
    ),
  ];
}

/** With what azd always knows, and nothing else set: nothing may be asked for, as nobody answers in a pipeline. */
export function parameterProblems(file: ParametersFile, declared: Declared): string[] {
  const known = Object.fromEntries(ofAzd.map((name) => [name, 'given']));
  const { asked, problems } = resolveParameters(file, declared, known);
  return [
    ...problems.map((problem) => `infra/main.parameters.json, ${problem}`),
    ...asked.map((name) => `infra/main.bicep: azd asks for ${name}, and stops there with --no-prompt`),
  ];
}
