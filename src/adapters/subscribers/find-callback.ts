import { isIP } from 'node:net';
import type { CallbackHost } from '../../ports/subscribers.ts';
import { isLoopbackAddress, isPublicAddress } from './address-rules.ts';

/**
 * An address that the service may call if its name resolves only to addresses that `mayBeAt` allows; or the reason
 * why it may not.
 */
export type FoundCallback =
  | { kind: 'allowed'; url: URL; mayBeAt: (address: string) => boolean }
  | { kind: 'forbidden'; reason: string };

const maxLength = 4000;

/** Judges a callback address by its text alone. Reasons show only its host: the rest may hold a secret. */
export function findCallback(text: string, allowed: readonly CallbackHost[]): FoundCallback {
  const url = text.length <= maxLength && /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (!url)
    return forbidden(
      `It must be a web address that begins with https://, of at most ${maxLength} characters.`,
    );
  if (url.username !== '' || url.password !== '')
    return forbidden('It must hold no user name and no password.');
  if (!isPlain(text, url)) {
    return forbidden(
      'Its host must be written plainly, as in https://prod-01.westeurope.logic.azure.com: no codes, blanks, other alphabets, short or numeric forms, and no dot at its end.',
    );
  }
  if (allowed.some((host) => host.kind === 'origin' && host.origin === url.origin)) {
    return {
      kind: 'allowed',
      url,
      mayBeAt: isThisMachine(url.hostname) ? isLoopbackAddress : isPublicAddress,
    };
  }
  if (url.protocol !== 'https:') return forbidden('It must begin with https://.');
  if (isIP(url.hostname.replaceAll(/[[\]]/g, '')) !== 0) {
    return forbidden(`It must name a host, not the address ${url.hostname}.`);
  }
  if (!allowed.some((host) => host.kind === 'host' && matches(host.pattern, url.hostname))) {
    const names = allowed.map((host) => (host.kind === 'host' ? host.pattern : host.origin)).join(', ');
    return forbidden(`Its host ${url.hostname} is not one that CALLBACK_HOSTS allows: ${names}.`);
  }
  if (url.port !== '') return forbidden(`It must not name port ${url.port}: only 443 is called.`);
  return { kind: 'allowed', url, mayBeAt: isPublicAddress };
}

function forbidden(reason: string): FoundCallback {
  return { kind: 'forbidden', reason };
}

/** Whether the text spells the host and port as the URL standard reads them, and loses nothing in reading. */
function isPlain(text: string, url: URL): boolean {
  if (/[\s\\\p{C}]/u.test(text) || url.hostname.endsWith('.')) return false;
  const written = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1]?.toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return written === url.host || written === `${url.hostname}:${port}`;
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || isLoopbackAddress(hostname.replaceAll(/[[\]]/g, ''));
}

function matches(pattern: string, hostname: string): boolean {
  if (!pattern.startsWith('*.')) return hostname === pattern;
  const rest = pattern.slice(1);
  return hostname.endsWith(rest) && /^([a-z0-9_-]+\.)*[a-z0-9_-]+$/.test(hostname.slice(0, -rest.length));
}
