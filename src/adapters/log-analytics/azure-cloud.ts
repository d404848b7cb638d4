import type { LogsQueryClientOptions } from '@azure/monitor-query-logs';

/**
 * Where Log Analytics answers, by the host that signs in to the same cloud of Azure. Its tokens are for the same address.
 * @see https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
 */
const addresses = new Map([
  ['login.microsoftonline.us', 'https://api.loganalytics.us'],
  ['login.chinacloudapi.cn', 'https://api.loganalytics.azure.cn'],
  ['login.partner.microsoftonline.cn', 'https://api.loganalytics.azure.cn'],
]);

/** `authorityHost` is the setting by which @azure/identity knows its cloud; the public one unless it names another. */
export function cloudOptions(authorityHost: string | undefined): LogsQueryClientOptions {
  const address = addresses.get(URL.parse(authorityHost ?? '')?.hostname ?? '');
  // The SDK ignores its option `audience`.
  return address === undefined
    ? {}
    : { endpoint: `${address}/v1`, credentials: { scopes: [`${address}/.default`] } };
}
