/** What each command of a tool takes, as far as docs/ uses it: the least number of arguments, and its options. */
export type KnownCommand = { least?: number; most?: number; options: readonly string[] };

/** Options that every `az` command takes. */
const ofAll = ['--query', '--output', '--subscription'];

/**
 * The commands and options that the docs use, not yet compared with the references one by one:
 * az: https://learn.microsoft.com/cli/azure/reference-index · azd: its --help, and
 * https://learn.microsoft.com/azure/developer/azure-developer-cli/reference · pac:
 * https://learn.microsoft.com/power-platform/developer/cli/reference/connector · paconn:
 * https://github.com/microsoft/PowerPlatformConnectors/tree/dev/tools/paconn-cli
 */
export const knownCommands: Readonly<Record<string, KnownCommand>> = {
  'az ad signed-in-user show': { options: ofAll },
  'az ad sp show': { options: ['--id', ...ofAll] },
  'az bicep install': { options: ofAll },
  'az deployment group create': {
    options: ['--resource-group', '--template-file', '--parameters', '--name', ...ofAll],
  },
  'az functionapp deployment source config-zip': {
    options: ['--resource-group', '--name', '--src', '--build-remote', '--timeout', ...ofAll],
  },
  'az functionapp keys list': { options: ['--resource-group', '--name', ...ofAll] },
  'az functionapp keys set': {
    options: ['--resource-group', '--name', '--key-type', '--key-name', '--key-value', ...ofAll],
  },
  'az functionapp list-flexconsumption-locations': { options: ofAll },
  'az functionapp list-flexconsumption-runtimes': { options: ['--location', '--runtime', ...ofAll] },
  'az keyvault purge': { options: ['--name', '--location', ...ofAll] },
  'az keyvault secret set': { options: ['--vault-name', '--name', '--value', '--file', ...ofAll] },
  'az keyvault secret show': { options: ['--vault-name', '--name', '--version', ...ofAll] },
  'az login': { options: ['--tenant', '--use-device-code', ...ofAll] },
  'az provider register': { options: ['--namespace', '--wait', ...ofAll] },
  'azd auth login': {
    options: ['--tenant-id', '--use-device-code', '--client-id', '--federated-credential-provider'],
  },
  'azd deploy': { most: 1, options: ['--no-prompt'] },
  'azd down': { options: ['--purge', '--force'] },
  'azd env get-value': { least: 1, most: 1, options: [] },
  'azd env get-values': { options: [] },
  'azd env new': { most: 1, options: ['--location', '--subscription'] },
  'azd env select': { least: 1, most: 1, options: [] },
  'azd env set': { least: 2, most: 2, options: [] },
  'azd env set-secret': { least: 1, most: 1, options: [] },
  'azd package': { most: 1, options: ['--output-path'] },
  'azd pipeline config': { options: ['--provider', '--principal-name'] },
  'azd provision': { options: ['--preview', '--no-prompt'] },
  'azd up': { options: ['--no-prompt'] },
  'azd version': { options: [] },
  'pac auth create': { options: ['--environment'] },
  'pac connector create': {
    options: ['--api-definition-file', '--api-properties-file', '--icon-file', '--environment'],
  },
  'pac connector list': { options: ['--environment'] },
  'pac connector update': {
    options: ['--connector-id', '--api-definition-file', '--api-properties-file', '--icon-file'],
  },
  'paconn create': { options: ['--api-def', '--api-prop', '--icon', '--secret'] },
  'paconn login': { options: [] },
  'pip install': { least: 1, options: [] },
};
