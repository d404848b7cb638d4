import { SettingsError } from '../../settings/settings-error.ts';
import type { SettingsSource } from '../../settings/settings-source.ts';

/** How to reach the storage account, in a form that the SDKs accept. */
export type StorageAccess =
  | { kind: 'connection-string'; connectionString: string; isInsecure: boolean }
  | { kind: 'identity'; tableUrl: string; queueUrl: string };

const name = 'AzureWebJobsStorage';

/**
 * Reads which account the Functions host itself uses, from the host's own settings.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
 */
export function readStorageSettings(source: SettingsSource): StorageAccess {
  const setting = (suffix: string) => source[`${name}${suffix}`]?.trim() ?? '';
  const connectionString = setting('');
  if (connectionString !== '') return readConnectionString(connectionString);
  const accountName = setting('__accountName');
  if (accountName !== '' && !/^[a-z0-9]{3,24}$/.test(accountName)) {
    throw new SettingsError([
      `${name}__accountName: expected the name of a storage account, 3 to 24 lower-case letters and digits.`,
    ]);
  }
  const url = (service: 'table' | 'queue') => {
    const uri = setting(`__${service}ServiceUri`);
    if (uri !== '') return readServiceUri(`${name}__${service}ServiceUri`, uri);
    if (accountName !== '') return `https://${accountName}.${service}.core.windows.net`;
    throw new SettingsError([missing(service, source)]);
  };
  return { kind: 'identity', tableUrl: url('table'), queueUrl: url('queue') };
}

function missing(service: 'table' | 'queue', source: SettingsSource): string {
  const other = service === 'table' ? 'queue' : 'table';
  if (source[`${name}__${other}ServiceUri`]?.trim()) {
    return `${name}__${service}ServiceUri: not set; expected beside ${name}__${other}ServiceUri.`;
  }
  return `${name}: not set; expected a connection string, or ${name}__accountName, or ${name}__tableServiceUri and ${name}__queueServiceUri.`;
}

function readServiceUri(setting: string, text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' || url.search !== '' || url.username !== '') {
    throw new SettingsError([
      `${setting}: expected an https address without a query, such as https://<account>.table.core.windows.net.`,
    ]);
  }
  return trimSlash(url.href);
}

function readConnectionString(text: string): StorageAccess {
  const fields = readFields(text);
  const field = (key: string) => fields.get(key.toLowerCase()) ?? '';
  if (field('UseDevelopmentStorage').toLowerCase() === 'true') {
    return { kind: 'connection-string', connectionString: 'UseDevelopmentStorage=true', isInsecure: true };
  }
  const protocol = field('DefaultEndpointsProtocol').toLowerCase() || 'https';
  const suffix = field('EndpointSuffix') || 'core.windows.net';
  const endpoint = (service: 'Table' | 'Queue') => {
    const given = field(`${service}Endpoint`);
    if (given !== '') return readEndpoint(`${service}Endpoint`, given);
    if (field('AccountName') === '') throw wrong('AccountName, or TableEndpoint and QueueEndpoint');
    return readEndpoint(
      'DefaultEndpointsProtocol',
      `${protocol}://${field('AccountName')}.${service.toLowerCase()}.${suffix}`,
    );
  };
  const table = endpoint('Table');
  const queue = endpoint('Queue');
  const endpoints = `TableEndpoint=${trimSlash(table.href)};QueueEndpoint=${trimSlash(queue.href)}`;
  return {
    kind: 'connection-string',
    connectionString: `${readSecret(field)};${endpoints}`,
    isInsecure: table.protocol === 'http:' || queue.protocol === 'http:',
  };
}

/** Both SDKs expect a key in a connection string with DefaultEndpointsProtocol, and a SAS in any other. */
function readSecret(field: (key: string) => string): string {
  const [accountName, key, sas] = [field('AccountName'), field('AccountKey'), field('SharedAccessSignature')];
  if (key !== '' && accountName === '') throw wrong('AccountName beside AccountKey');
  if (key !== '') return `DefaultEndpointsProtocol=https;AccountName=${accountName};AccountKey=${key}`;
  if (sas !== '') return `SharedAccessSignature=${sas.replace(/^\?/, '')}`;
  throw wrong('AccountKey or SharedAccessSignature');
}

function readEndpoint(key: string, text: string): URL {
  const url = URL.parse(text);
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (!url || (url.protocol !== 'https:' && !isLocal)) {
    throw wrong(`an https address in ${key} (http only to this machine)`);
  }
  return url;
}

function readFields(text: string): Map<string, string> {
  return new Map(
    text
      .split(';')
      .filter((pair) => pair.includes('='))
      .map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at).trim().toLowerCase(), pair.slice(at + 1).trim()];
      }),
  );
}

function wrong(expected: string): SettingsError {
  return new SettingsError([`${name}: expected a connection string with ${expected}.`]);
}

function trimSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
