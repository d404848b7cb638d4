import { globalRegistry } from 'zod';
import { serviceBusConnection, eventHubConnection } from '../../src/settings/brokers.ts';
import { secretSettings, serviceSettings } from '../../src/settings/service-settings.ts';
import { madeBy } from './made-by.ts';
import { markdownTable } from './markdown-table.ts';

/** Settings that libraries read for the service. */
const ofLibraries: [names: string[], meaning: string][] = [
  [
    ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'],
    'Signing in to F&O, read by @azure/identity: all three for an app registration; none for a system-assigned managed identity; `AZURE_CLIENT_ID` for a user-assigned one',
  ],
  [
    ['AZURE_AUTHORITY_HOST'],
    'Another cloud of Azure than the public one, read by @azure/identity, and by the service for the address of Log Analytics: `https://login.microsoftonline.us` or `https://login.chinacloudapi.cn`',
  ],
  [
    ['AzureWebJobsStorage'],
    'The storage account, by a connection string, as the Functions host reads it. `STORE=azure` uses the same',
  ],
  [
    ['AzureWebJobsStorage__accountName'],
    'Instead of it, by identity. Or `AzureWebJobsStorage__tableServiceUri` and `AzureWebJobsStorage__queueServiceUri`. For a user-assigned identity also `AzureWebJobsStorage__credential` (`managedidentity`) and `AzureWebJobsStorage__clientId`',
  ],
  [
    [serviceBusConnection, eventHubConnection],
    'Connections of Service Bus and Event Hubs: a string that may listen, or with `__fullyQualifiedNamespace` behind the name the host of the namespace, by identity',
  ],
];

/** docs/reference/settings.md: every setting, as markdown. */
export function settingsPage(): string {
  return `# Settings

${madeBy('the checks of the settings in `src/settings`')}

Environment variables; in Azure, app settings. An empty setting counts as not set. A wrong one stops the start, with a
line for each that names it, what was found and what is expected. The values of ${[...secretSettings].map(code).join(', ')} are not shown there.

${markdownTable(['Name', 'Meaning', 'Without it'], rows())}

## Read by libraries

${markdownTable(
  ['Name', 'Meaning'],
  ofLibraries.map(([names, meaning]) => [names.map(code).join(', '), meaning]),
)}
`;
}

function rows(): string[][] {
  return Object.entries(serviceSettings.shape).map(([name, schema]) => {
    const { description, unset } = globalRegistry.get(schema) ?? {};
    if (description === undefined) throw new Error(`The setting ${name} has no description.`);
    const withoutIt = typeof unset === 'string' ? unset : '–';
    const byDefault = schema.safeParse(undefined);
    const standard = byDefault.success ? byDefault.data : undefined;
    return [code(name), description, standard === undefined ? withoutIt : code(String(standard))];
  });
}

function code(text: string): string {
  return `\`${text}\``;
}
