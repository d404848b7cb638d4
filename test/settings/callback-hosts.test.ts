import { expect, test } from 'vitest';
import { problemWith } from './needed-settings.ts';

test.each([
  '*',
  '*.com',
  'com',
  'localhost',
  '127.0.0.1',
  '*.0.0.1',
  '10.1',
  'a..example.com',
  '-a.example.com',
  'hooks.contoso.com:8443',
  '*.*.example.com',
  'https://*.example.com',
  'http://hooks.contoso.com',
  'https://10.0.0.1',
  'https://[fd00::1]:8443',
  'http://169.254.169.254',
  'https://me@hooks.contoso.com',
  'https://hooks.contoso.com/path',
  'https://hooks.contoso.com.',
  'ftp://127.0.0.1',
  'http://2130706433',
])('CALLBACK_HOSTS may not hold %s', (entry) => {
  expect(problemWith({ CALLBACK_HOSTS: `*.logic.azure.com ${entry}` })).toBe(
    `CALLBACK_HOSTS: found "${entry}"; expected hosts such as *.logic.azure.com or hooks.contoso.com, or origins such as https://hooks.contoso.com:8443 (http only on this machine).`,
  );
});
