import type { CallbackHost } from '../ports/subscribers.ts';
import { isLoopback } from './environments.ts';
import { SettingsError } from './settings-error.ts';

/**
 * The hosts of the callback addresses of flows and logic apps: in the public cloud, the US Government's three
 * clouds and China's.
 * @see https://learn.microsoft.com/power-automate/ip-address-configuration#allow-users-on-your-network-to-use-when-an-http-request-is-received-trigger
 */
export const defaultCallbackHosts = [
  '*.logic.azure.com',
  '*.api.powerplatform.com',
  '*.logic.azure.us',
  '*.api.gov.powerplatform.microsoft.us',
  '*.api.high.powerplatform.microsoft.us',
  '*.api.appsplatform.us',
  '*.logic.azure.cn',
  '*.api.powerplatform.partner.microsoftonline.cn',
].join(' ');

/** At least two labels, so that `*.` stands before a name that somebody owns; the last is not a number. */
const hostPattern = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/** Reads a list of hosts and origins, separated by commas or blanks. Throws a SettingsError. */
export function readCallbackHosts(setting: string): CallbackHost[] {
  return setting
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(readEntry);
}

function readEntry(entry: string): CallbackHost {
  const pattern = entry.toLowerCase();
  if (hostPattern.test(pattern)) return { kind: 'host', pattern };
  const url = URL.parse(entry);
  const isPlain = url !== null && [url.origin, `${url.origin}/`].includes(pattern);
  if (isPlain && isAllowedOrigin(url)) return { kind: 'origin', origin: url.origin };
  throw new SettingsError([
    `CALLBACK_HOSTS: found ${JSON.stringify(entry)}; expected hosts such as *.logic.azure.com or hooks.contoso.com, or origins such as https://hooks.contoso.com:8443 (http only on this machine).`,
  ]);
}

/** Rejects IP addresses but for this machine's: no certificate and no list of names vouches for them. */
function isAllowedOrigin({ protocol, hostname }: URL): boolean {
  if (isLoopback(hostname)) return protocol === 'http:' || protocol === 'https:';
  return protocol === 'https:' && hostPattern.test(hostname) && !hostname.startsWith('*');
}
