/** How it was found out what a command takes. */
export type Checked =
  /** Its options were compared with what the tool itself prints for --help. */
  | 'helped'
  /** Its options were compared with the tool's own text of its usage, or with its source. */
  | 'compared'
  /** The command is in the tool's reference; its options are written from there, and not compared by a program. */
  | 'listed';

/** What each command of a tool takes, as far as docs/ uses it: the least number of arguments, and its options. */
export type KnownCommand = { least?: number; most?: number; options: readonly string[]; checked?: Checked };

/** Where it is written what the commands of a tool take; the newest that is stored, in November 2026. */
export const sources: Readonly<Record<string, { url: string; checked: Checked; note: string }>> = {
  az: {
    url: 'https://learn.microsoft.com/cli/azure/reference-index',
    checked: 'listed',
    note: 'the reference of az',
  },
  azd: {
    url: 'https://github.com/Azure/azure-dev/tree/main/cli/azd/cmd/testdata',
    checked: 'compared',
    note: 'the usage texts in the source of azd, `TestUsage-azd-*.snap`',
  },
  pac: {
    url: 'https://learn.microsoft.com/power-platform/developer/cli/reference/connector',
    checked: 'listed',
    note: 'the reference of pac',
  },
  paconn: {
    url: 'https://github.com/microsoft/PowerPlatformConnectors/blob/dev/tools/paconn-cli/paconn/commands/params.py',
    checked: 'compared',
    note: 'the source of paconn, `params.py`',
  },
  pip: {
    url: 'https://pip.pypa.io/en/stable/cli/pip_install/',
    checked: 'listed',
    note: 'the manual of pip',
  },
};

/** Options that every `az` command takes. */
const ofAll = ['--query', '--output', '--subscription'];
/** Those that are about no subscription do not take it. */
const ofDirectory = ['--query', '--output'];

export const knownCommands: Readonly<Record<string, KnownCommand>> = {
  'az ad signed-in-user show': { checked: 'helped', options: ofDirectory },
  'az ad sp show': { checked: 'helped', options: ['--id', ...ofDirectory] },
  'az bicep install': { checked: 'helped', options: ofAll },
  'az deployment group create': {
    checked: 'helped',
    options: ['--resource-group', '--template-file', '--parameters', '--name', ...ofAll],
  },
  'az functionapp deployment source config-zip': {
    checked: 'helped',
    options: ['--resource-group', '--name', '--src', '--build-remote', '--timeout', ...ofAll],
  },
  'az functionapp keys list': { checked: 'helped', options: ['--resource-group', '--name', ...ofAll] },
  'az functionapp keys set': {
    checked: 'helped',
    options: ['--resource-group', '--name', '--key-type', '--key-name', '--key-value', ...ofAll],
  },
  'az functionapp list-flexconsumption-locations': { options: ofAll },
  'az functionapp list-flexconsumption-runtimes': { options: ['--location', '--runtime', ...ofAll] },
  'az keyvault purge': { checked: 'helped', options: ['--name', '--location', ...ofAll] },
  'az keyvault secret set': { options: ['--vault-name', '--name', '--value', '--file', ...ofAll] },
  'az keyvault secret show': { options: ['--vault-name', '--name', '--version', ...ofAll] },
  'az login': { checked: 'helped', options: ['--tenant', '--use-device-code', ...ofDirectory] },
  'az provider register': { checked: 'helped', options: ['--namespace', '--wait', ...ofAll] },
  'azd auth login': {
    options: ['--tenant-id', '--use-device-code', '--client-id', '--federated-credential-provider'],
  },
  'azd deploy': { most: 1, options: ['--no-prompt'] },
  'azd down': { options: ['--purge', '--force'] },
  'azd env get-value': { least: 1, most: 1, options: [] },
  'azd env get-values': { options: [], checked: 'listed' },
  'azd env new': { most: 1, options: ['--location', '--subscription'] },
  'azd env select': { least: 1, most: 1, options: [] },
  'azd env set': { least: 2, most: 2, options: [] },
  'azd env set-secret': { least: 1, most: 1, options: [] },
  'azd package': { most: 1, options: ['--all'] },
  'azd pipeline config': { options: ['--provider', '--principal-name'] },
  'azd provision': { options: ['--preview', '--no-prompt'] },
  'azd up': { options: ['--no-prompt'] },
  'azd version': { options: [], checked: 'listed' },
  'pac auth create': { options: ['--environment'] },
  'pac connector create': {
    checked: 'compared',
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
