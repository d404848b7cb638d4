import { array, assert, constantFrom, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { readAddress } from '../../../src/hosts/node/address.ts';

const hosts = [
  'localhost',
  'LOCALHOST:7071',
  '127.0.0.1:80',
  '[::1]:7071',
  'contoso.example:99999',
  '999.999.999.999',
  'a b',
  'user@contoso.example',
  'contoso.example/path',
  'contoso.example?code=1',
  '',
];

const targets = [
  '/api/business-events',
  '/api/business-events/prod_1',
  '/API/Ready/',
  '/api//ready',
  '/api/../ready',
  '/api/%62usiness-events?event=failed',
  '//contoso.example/api',
  '/',
  '*',
  'http://contoso.example/api/ready',
];

test('an address is what URL makes of it, whatever was asked before', () => {
  assert(
    property(array(tuple(constantFrom(...hosts), constantFrom(...targets))), (asked) => {
      for (const [host, target] of asked) {
        const url = URL.parse(target.startsWith('/') ? `http://${host}${target}` : target);
        expect(readAddress(host, target)).toEqual(url && { url: url.href, path: url.pathname });
      }
    }),
  );
});
