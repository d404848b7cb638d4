import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { FnoBatchJobs } from '../../../src/adapters/fno/fno-batch-jobs.ts';
import { FnoSender } from '../../../src/adapters/fno/fno-sender.ts';
import { nextPage } from '../../../src/adapters/fno/next-page.ts';
import { TokenSource } from '../../../src/adapters/fno/token-source.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const contoso = 'https://contoso.operations.dynamics.com';
const path = '/data/BatchJobs?$top=9';
const next = '/data/BatchJobs?$top=9&$skiptoken=5';

test.each([
  `${contoso}${next}`,
  `https://Contoso.Operations.Dynamics.com${next}`,
  `https://contoso.operations.dynamics.com:443${next}`,
  `HTTPS://contoso.operations.dynamics.com${next}`,
  `//contoso.operations.dynamics.com${next}`,
  next,
  'BatchJobs?$top=9&$skiptoken=5',
  '?$top=9&$skiptoken=5',
  `${contoso}${next}#part`,
  `https://someone:else@contoso.operations.dynamics.com${next}`,
])('%s leads to the next page', (nextLink) => {
  expect(nextPage(nextLink, path, contoso)).toEqual({ kind: 'page', path: next });
});

test.each([
  [`http://contoso.operations.dynamics.com${next}`, 'to http://contoso.operations.dynamics.com'],
  [`https://contoso.operations.dynamics.com:8443${next}`, 'to https://contoso.operations.dynamics.com:8443'],
  [
    `https://contoso.operations.dynamics.com.example${next}`,
    'to https://contoso.operations.dynamics.com.example',
  ],
  [`https://contoso.operations.dynamics.com@example.org${next}`, 'to https://example.org'],
  [`https://example.org\\@contoso.operations.dynamics.com${next}`, 'to https://example.org'],
  ['//example.org/data', 'to https://example.org'],
  ['data:text/plain,x', 'to an address of data:'],
  ['https://', 'to an invalid address'],
  [path, 'back to the same page'],
  ['', 'back to the same page'],
])('%s is not followed', (nextLink, where) => {
  expect(nextPage(nextLink, path, contoso)).toEqual({ kind: 'elsewhere', where });
});

/** A server that answers each list with one job, and the first with a link; it remembers what came. */
async function aServer(nextLink: string | null) {
  const seen: { url: string; token: string | undefined }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', token: request.headers.authorization });
    const value = [{ BatchJobRecId: seen.length, Status: 'Error', JobDescription: 'Nightly posting' }];
    const link = seen.length === 1 && nextLink !== null ? { '@odata.nextLink': nextLink } : {};
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ value, ...link }));
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { seen, port, url: `http://localhost:${port}` };
}

function anFno(orgUrl: string): FnoBatchJobs {
  const clock = new ManualClock();
  const getToken = () =>
    Promise.resolve({ token: 'a-token', expiresOnTimestamp: clock.now().getTime() + 1e7 });
  return new FnoBatchJobs(
    new FnoSender(orgUrl, new TokenSource(() => Promise.resolve({ getToken }), orgUrl, clock), clock),
    clock,
  );
}

test('a link to another host is not followed, and the list says that it may be incomplete', async () => {
  const other = await aServer(null);
  const fno = await aServer(`${other.url}${next}`);
  const listed = await anFno(fno.url).list({ search: null, limit: 9 }, AbortSignal.timeout(5000));
  expect(listed).toMatchObject({
    kind: 'listed',
    jobs: [{ jobId: '1' }, { jobId: '2' }],
    cutOff: `The list may be incomplete: F&O's link to the next page leads to ${other.url}, and the service did not follow it.`,
  });
  expect(other.seen).toEqual([]);
});

test('a path that another library would take for a host stays with F&O', async () => {
  const other = await aServer(null);
  const fno = await aServer(`//localhost:${other.port}/data`.replace('//', '/.//'));
  const listed = await anFno(fno.url).list({ search: null, limit: 9 }, AbortSignal.timeout(5000));
  expect(listed).toMatchObject({ kind: 'listed', cutOff: null });
  expect(fno.seen[1]).toEqual({ url: `//localhost:${other.port}/data`, token: 'Bearer a-token' });
  expect(other.seen).toEqual([]);
});

test('a relative link is followed to the end', async () => {
  const fno = await aServer('BatchJobs?$skiptoken=5');
  const listed = await anFno(fno.url).list({ search: null, limit: 9 }, AbortSignal.timeout(5000));
  expect(listed).toMatchObject({ jobs: [{ jobId: '1' }, { jobId: '2' }, { jobId: '3' }], cutOff: null });
  expect(fno.seen[1]?.url).toBe('/data/BatchJobs?$skiptoken=5');
});

test('what is cut by the limit alone is no warning', async () => {
  const fno = await aServer('https://example.org/');
  expect(await anFno(fno.url).list({ search: null, limit: 1 }, AbortSignal.timeout(5000))).toMatchObject({
    jobs: [{ jobId: '1' }],
    cutOff: null,
  });
});
