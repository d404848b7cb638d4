import ipaddr from 'ipaddr.js';

/** @see https://www.iana.org/assignments/ipv6-unicast-address-assignments */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

/** Azure's platform, on every virtual machine: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 */
const azurePlatform = '168.63.129.16';

/**
 * Whether an address belongs to the public internet. Rejects private, loopback, link-local (the cloud's metadata),
 * shared, multicast and reserved addresses, and IPv6 addresses that stand for an IPv4 address by translation or
 * tunnel. Judges an IPv6 address that maps an IPv4 address as that IPv4 address.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' ? address.toString() !== azurePlatform : address.match(globalUnicast);
}

export function isLoopbackAddress(text: string): boolean {
  return ipaddr.isValid(text) && ipaddr.process(text).range() === 'loopback';
}
