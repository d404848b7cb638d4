import { expect, test } from 'vitest';
import { findCallback } from '../../../src/adapters/subscribers/find-callback.ts';
import { defaultCallbackHosts, readCallbackHosts } from '../../../src/settings/callback-hosts.ts';

const allowed = readCallbackHosts(`${defaultCallbackHosts} hooks.contoso.com https://h.contoso.com:8443`);
const local = readCallbackHosts('http://127.0.0.1:8080 http://localhost:8081 http://[::1]:8082');
const flow =
  '/workflows/0a/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=x-_Y';

test.each([
  `https://prod-01.westeurope.logic.azure.com:443${flow}`,
  `https://prod-01.westeurope.logic.azure.com${flow}`,
  `HTTPS://PROD-01.westeurope.LOGIC.azure.com${flow}`,
  `https://default0a1b.7c.environment.api.powerplatform.com:443/powerautomate/automations/direct${flow}`,
  `https://prod-58.usgovtexas.logic.azure.us:443${flow}`,
  `https://0a.1.environment.api.gov.powerplatform.microsoft.us${flow}`,
  `https://0a.1.environment.api.high.powerplatform.microsoft.us${flow}`,
  `https://0a.1.environment.api.appsplatform.us${flow}`,
  `https://prod-01.chinaeast2.logic.azure.cn${flow}`,
  `https://0a.1.environment.api.powerplatform.partner.microsoftonline.cn${flow}`,
  'https://hooks.contoso.com',
  'https://h.contoso.com:8443/a?b',
])('%s may be called', (address) => {
  expect(findCallback(address, allowed)).toMatchObject({ kind: 'allowed' });
});

const plainly = /^Its host must be written plainly/;
const notListed = /is not one that CALLBACK_HOSTS allows: \*\.logic\.azure\.com, /;
const aWebAddress = /^It must be a web address that begins with https:\/\//;

test.each<[what: string, address: string, reason: RegExp]>([
  ['no address', 'prod-01.westeurope.logic.azure.com', aWebAddress],
  ['an empty one', '', aWebAddress],
  ['another scheme', 'file:///etc/passwd', aWebAddress],
  ['a scheme within', 'javascript:https://a.logic.azure.com', aWebAddress],
  ['a blank before it', ' https://a.logic.azure.com', aWebAddress],
  ['4001 characters', `https://a.logic.azure.com/${'a'.repeat(3976)}`, aWebAddress],
  ['http', 'http://a.logic.azure.com', /^It must begin with https:\/\/\.$/],
  ['another port', 'https://a.logic.azure.com:8443', /^It must not name port 8443/],
  ['port 80', 'https://a.logic.azure.com:80', /^It must not name port 80/],
  ['a port with a zero before', 'https://a.logic.azure.com:0443', plainly],
  ['an empty port', 'https://a.logic.azure.com:/x', plainly],
  ['a user name', 'https://a.logic.azure.com@10.0.0.1/', /no user name/],
  ['a user name and a password', 'https://me:x@a.logic.azure.com/', /no user name/],
  ['an empty user name', 'https://@a.logic.azure.com/', plainly],
  ['the pattern itself, without a label before', 'https://logic.azure.com/', notListed],
  ['an empty label before', 'https://.logic.azure.com/', notListed],
  ['a host that only ends alike', 'https://evillogic.azure.com/', notListed],
  ['a host that only begins alike', 'https://a.logic.azure.com.example.com/', notListed],
  ['a host below one that is listed without *', 'https://a.hooks.contoso.com/', notListed],
  ['another host', 'https://example.com/?https://a.logic.azure.com', notListed],
  ['another port of an origin', 'https://h.contoso.com/', notListed],
  ['a dot at its end', 'https://a.logic.azure.com./', plainly],
  ['a percent code', 'https://a.logic%2eazure.com/', plainly],
  ['an encoded slash', 'https://10.0.0.1%2f.logic.azure.com/', aWebAddress],
  ['full-width letters', 'https://a.ｌogic.azure.com/', plainly],
  ['full-width dots', 'https://a。logic.azure.com/', plainly],
  ['full-width digits', 'https://１２７.0.0.1/', plainly],
  ['a soft hyphen', 'https://a.lo\u00adgic.azure.com/', plainly],
  ['another alphabet', 'https://ä.logic.azure.com/', plainly],
  ['a backslash', 'https://a.logic.azure.com\\@10.0.0.1/', plainly],
  ['a backslash before the host', 'https:/\\a.logic.azure.com/', aWebAddress],
  ['a tab in the host', 'https://a.lo\tgic.azure.com/', plainly],
  ['a line break', 'https://a.logic.azure.com/\r\nX-Header: 1', plainly],
  ['a zero', 'https://a.logic.azure.com/\0', plainly],
  ['three slashes', 'https:///a.logic.azure.com/', plainly],
  ['loopback', 'https://127.0.0.1/', /name a host, not the address 127\.0\.0\.1/],
  ['loopback of IPv6', 'https://[::1]/', /name a host, not the address \[::1\]/],
  ['loopback, mapped', 'https://[::ffff:7f00:1]/', /name a host, not the address/],
  ['loopback, mapped and dotted', 'https://[::ffff:127.0.0.1]/', plainly],
  ['loopback by NAT64', 'https://[64:ff9b::7f00:1]/', /name a host, not the address/],
  ['metadata', 'https://169.254.169.254/metadata/instance', /name a host, not the address/],
  ['a private address', 'https://10.0.0.1/', /name a host, not the address/],
  ['a public address', 'https://20.50.60.70/', /name a host, not the address/],
  ['decimal', 'https://2130706433/', plainly],
  ['hexadecimal', 'https://0x7f000001/', plainly],
  ['hexadecimal parts', 'https://0x7f.0.0.1/', plainly],
  ['octal', 'https://0177.0.0.1/', plainly],
  ['a short form', 'https://127.1/', plainly],
  ['zero', 'https://0/', plainly],
  ['an address with a zone', 'https://[fe80::1%25eth0]/', aWebAddress],
  ['localhost', 'https://localhost/', notListed],
  ['localhost below', 'https://a.localhost/', notListed],
])('%s is refused', (_what, address, reason) => {
  const found = findCallback(address, allowed);
  expect(found).toMatchObject({ kind: 'forbidden', reason: expect.stringMatching(reason) });
});

test('what is shown of a refused address is its host alone: its path and query may hold a secret', () => {
  const found = findCallback('https://example.com/secret-path?sig=secret', allowed);
  expect(found).toMatchObject({ kind: 'forbidden', reason: expect.stringContaining('example.com') });
  expect(JSON.stringify(found)).not.toContain('secret');
});

test.each([
  ['http://127.0.0.1:8080/a', true],
  ['http://localhost:8081/a', true],
  ['http://[::1]:8082/a', true],
  ['http://127.0.0.1:8081/a', false],
  ['https://127.0.0.1:8080/a', false],
  ['http://127.0.0.2:8080/a', false],
  ['http://127.1:8080/a', false],
  ['http://0x7f.0.0.1:8080/a', false],
  ['http://localhost:8080/a', false],
  ['http://[::ffff:127.0.0.1]:8080/a', false],
  ['https://a.logic.azure.com/', false],
])('with only this machine named, %s may be called: %s', (address, isAllowed) => {
  expect(findCallback(address, local).kind === 'allowed').toBe(isAllowed);
});

test.each([
  ['20.50.60.70', true],
  ['1.1.1.1', true],
  ['2603:1030::1', true],
  ['::ffff:20.50.60.70', true],
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['100.127.255.255', false],
  ['127.0.0.1', false],
  ['127.255.255.254', false],
  ['169.254.169.254', false],
  ['168.63.129.16', false],
  ['172.16.0.1', false],
  ['172.31.255.255', false],
  ['192.0.0.192', false],
  ['192.0.2.1', false],
  ['192.88.99.1', false],
  ['192.168.1.1', false],
  ['198.18.0.1', false],
  ['203.0.113.1', false],
  ['224.0.0.1', false],
  ['240.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:a9fe:a9fe', false],
  ['::10.0.0.1', false],
  ['::a00:1', false],
  ['64:ff9b::a00:1', false],
  ['64:ff9b:1::a00:1', false],
  ['2001::1', false],
  ['2001:db8::1', false],
  ['2002:a00:1::', false],
  ['fc00::1', false],
  ['fd00:ec2::254', false],
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['fec0::1', false],
  ['ff02::1', false],
  ['4000::1', false],
  ['not an address', false],
  ['', false],
])('a host that is listed may be at %s: %s', (address, isPublic) => {
  const found = findCallback('https://a.logic.azure.com/', allowed);
  expect(found.kind === 'allowed' && found.mayBeAt(address)).toBe(isPublic);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.1', false],
  ['0.0.0.0', false],
  ['20.50.60.70', false],
  ['169.254.169.254', false],
])('this machine, where it is named, may be at %s: %s', (address, isLoopback) => {
  const found = findCallback('http://localhost:8081/', local);
  expect(found.kind === 'allowed' && found.mayBeAt(address)).toBe(isLoopback);
});
