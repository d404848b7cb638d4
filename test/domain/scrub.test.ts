import { expect, test } from 'vitest';
import { scrub, scrubbedJson } from '../../src/domain/scrub.ts';

test.each([
  ['ask ada.lovelace@contoso.com.', 'ask (e-mail address)'],
  ['"<ada@contoso.co.uk>"', '"<(e-mail address)>"'],
  [
    'GET /api/business-events?code=Zm9vYmFy==&environment=prod',
    'GET /api/business-events?code=(secret)&environment=prod',
  ],
  [
    'https://prod-1.logic.azure.com/workflows/1?sp=x&sig=AbC_d-9&sv=1.0',
    'https://prod-1.logic.azure.com/workflows/1?sp=x&sig=(secret)&sv=1.0',
  ],
  ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer (token)'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln was refused', 'token (token) was refused'],
  [
    'AccountName=acme;AccountKey=c2VjcmV0a2V5==;EndpointSuffix=core',
    'AccountName=acme;AccountKey=(key);EndpointSuffix=core',
  ],
  ['{"client_secret":"s3cr3t~value"}', '{"client_secret":"(secret)"}'],
  ['x-functions-key: abcdef==', 'x-functions-key: (secret)'],
])('%s leaves the service as %s', (text, clean) => {
  expect(scrub(text)).toBe(clean);
});

test('what is no secret stays as it is: ids, instants, reasons', () => {
  const reason =
    'Failure 2 of 5637144576 (code 500) at 2026-03-02T01:00:00.000Z; F&O set the job to waiting.';
  expect(scrub(reason)).toBe(reason);
});

test('long text is cut, in little time', () => {
  const startedAt = performance.now();
  expect(scrub('a@'.repeat(500_000)).length).toBeLessThanOrEqual(1000);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('JSON stays whole: each of its texts is scrubbed and cut by itself', () => {
  const json = scrubbedJson({ jobId: '1', reason: 'x'.repeat(3000), description: 'to someone@example.com' });
  expect(JSON.parse(json)).toEqual({
    jobId: '1',
    reason: 'x'.repeat(1000),
    description: 'to (e-mail address)',
  });
});
