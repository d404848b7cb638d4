import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { connectStorage } from '../../../src/adapters/azure-storage/connect-storage.ts';
import { readStorageSettings } from '../../../src/adapters/azure-storage/storage-settings.ts';
import { systemClock } from '../../../src/adapters/system.ts';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { SettingsError } from '../../../src/settings/settings-error.ts';
import { aKey } from '../../helpers/stored-records.ts';

const secret = 'c2VjcmV0LWtleQ==';
const withKey = `AccountName=acme;AccountKey=${secret}`;

test.each([
  [
    `DefaultEndpointsProtocol=https;${withKey};EndpointSuffix=core.windows.net`,
    'TableEndpoint=https://acme.table.core.windows.net;QueueEndpoint=https://acme.queue.core.windows.net',
  ],
  [
    `defaultendpointsprotocol=https; accountname=acme; accountkey=${secret}; endpointsuffix=core.usgovcloudapi.net;`,
    'TableEndpoint=https://acme.table.core.usgovcloudapi.net;QueueEndpoint=https://acme.queue.core.usgovcloudapi.net',
  ],
  [
    withKey,
    'TableEndpoint=https://acme.table.core.windows.net;QueueEndpoint=https://acme.queue.core.windows.net',
  ],
  [
    `${withKey};TableEndpoint=http://127.0.0.1:10002/acme/;QueueEndpoint=http://127.0.0.1:10001/acme`,
    'TableEndpoint=http://127.0.0.1:10002/acme;QueueEndpoint=http://127.0.0.1:10001/acme',
  ],
])('the connection string %s is taken', (connectionString, endpoints) => {
  expect(readStorageSettings({ AzureWebJobsStorage: connectionString })).toEqual({
    kind: 'connection-string',
    connectionString: `DefaultEndpointsProtocol=https;${withKey};${endpoints}`,
    isInsecure: endpoints.includes('http:'),
  });
});

test('a connection string with a SAS, and the one for development, are taken', () => {
  const endpoints =
    'TableEndpoint=https://acme.table.core.windows.net;QueueEndpoint=https://acme.queue.core.windows.net';
  const sas = `BlobEndpoint=https://acme.blob.core.windows.net;${endpoints}/;SharedAccessSignature=?sv=1&sig=a%3D`;
  expect(readStorageSettings({ AzureWebJobsStorage: sas })).toMatchObject({
    connectionString: `SharedAccessSignature=sv=1&sig=a%3D;${endpoints}`,
  });
  expect(readStorageSettings({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' })).toMatchObject({
    isInsecure: true,
  });
});

test.each([
  [{ __accountName: 'acme' }, 'https://acme.table.core.windows.net', 'https://acme.queue.core.windows.net'],
  [
    { __tableServiceUri: 'https://t.example/', __queueServiceUri: 'https://q.example' },
    'https://t.example',
    'https://q.example',
  ],
  [
    { __accountName: 'acme', __queueServiceUri: 'https://q.example' },
    'https://acme.table.core.windows.net',
    'https://q.example',
  ],
])('the identity settings %j are taken', (settings, tableUrl, queueUrl) => {
  expect(readStorageSettings(named({ '': ' ', ...settings }))).toEqual({
    kind: 'identity',
    tableUrl,
    queueUrl,
  });
});

test.each<[Record<string, string>, string]>([
  [{}, 'AzureWebJobsStorage: not set; expected a connection string, or AzureWebJobsStorage__accountName, or'],
  [{ __tableServiceUri: 'https://t.example' }, 'AzureWebJobsStorage__queueServiceUri: not set'],
  [{ __queueServiceUri: 'https://q.example' }, 'AzureWebJobsStorage__tableServiceUri: not set'],
  [{ __accountName: 'https://acme' }, 'AzureWebJobsStorage__accountName: expected the name'],
  [{ __tableServiceUri: 'http://t.example' }, 'AzureWebJobsStorage__tableServiceUri: expected an https'],
  [
    { __tableServiceUri: `https://t.example?sig=${secret}`, __queueServiceUri: 'https://q.example' },
    'AzureWebJobsStorage__tableServiceUri: expected an https address without a query',
  ],
  [{ '': secret }, 'AzureWebJobsStorage: expected a connection string with AccountName'],
  [{ '': 'AccountName=acme' }, 'AzureWebJobsStorage: expected a connection string with AccountKey'],
  [
    { '': `AccountKey=${secret};TableEndpoint=https://t.example;QueueEndpoint=https://q.example` },
    'AzureWebJobsStorage: expected a connection string with AccountName beside AccountKey',
  ],
  [
    { '': `DefaultEndpointsProtocol=http;${withKey}` },
    'AzureWebJobsStorage: expected a connection string with an https address in DefaultEndpointsProtocol',
  ],
  [
    { '': `${withKey};TableEndpoint=http://storage.example/acme` },
    'AzureWebJobsStorage: expected a connection string with an https address in TableEndpoint',
  ],
  [
    { '': `${withKey};QueueEndpoint=${secret}` },
    'AzureWebJobsStorage: expected a connection string with an https address in QueueEndpoint',
  ],
])('the settings %j are refused in one line, which holds no key', (settings, expected) => {
  const error = thrownBy(() => connectStorage(named(settings), noCredential, systemClock));
  expect(error).toBeInstanceOf(SettingsError);
  expect(String(error)).toContain(expected);
  expect(String(error)).not.toContain('\n');
  expect(inspect(error, { showHidden: true })).not.toContain(secret);
});

test('no SDK is loaded before the first call', () => {
  const url = new URL('../../../src/adapters/azure-storage/connect-storage.ts', import.meta.url);
  const script = `
    const { registerHooks } = await import('node:module');
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const { connectStorage } = await import(${JSON.stringify(url.href)});
    connectStorage({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }, async () => null, { now: () => new Date() });
    console.log(JSON.stringify(loaded));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(printed).toContain('azure-ledger.ts');
  expect(printed).not.toContain('@azure');
});

const identity = named({ __tableServiceUri: 'https://t.invalid', __queueServiceUri: 'https://q.invalid' });

test('a token endpoint that hangs is asked once, and reported in time as a store that cannot be reached', async () => {
  let asked = 0;
  const hanging = { getToken: () => ((asked += 1), new Promise<never>(() => {})) };
  const { ledger, queue } = connectStorage(identity, () => Promise.resolve(hanging), systemClock);
  const startedAt = performance.now();
  const calls = await Promise.allSettled([ledger.read(aKey(), 'E1'), queue.receive(1)]);
  expect(calls.map((call) => call.status === 'rejected' && call.reason)).toEqual([
    expect.any(StoreUnavailable),
    expect.any(StoreUnavailable),
  ]);
  // The store's own limit is 1.6 s a call; F&O waits 10 s for an answer.
  expect(performance.now() - startedAt).toBeLessThan(8000);
  expect(asked).toBe(1);
});

test('a token that is refused is reported without what the endpoint answered, and asked for again by the next call', async () => {
  let asked = 0;
  const refusing = {
    getToken: () => ((asked += 1), Promise.reject(new TypeError(`no, not with ${secret}`))),
  };
  const { ledger } = connectStorage(identity, () => Promise.resolve(refusing), systemClock);
  for (const expected of [1, 2]) {
    const error: unknown = await ledger.read(aKey(), null).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(String(error)).toContain('no token (TypeError)');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret);
    expect(asked).toBe(expected);
  }
});

test('with identity, a token goes with each request to the tables and the queues', async () => {
  const folder = new URL('../../fixtures/self-signed/', import.meta.url);
  const [cert, certKey] = ['cert.pem', 'key.pem'].map((file) => readFileSync(new URL(file, folder), 'utf8'));
  setDefaultCACertificates([...getCACertificates('default'), cert ?? '']);
  const authorizations = new Set<string | undefined>();
  const server = createServer({ cert, key: certKey }, (request, response) => {
    authorizations.add(request.headers.authorization);
    const isTable = request.url?.startsWith('/acme/Batch');
    response
      .writeHead(request.method !== 'GET' ? 204 : isTable ? 404 : 200, {
        'content-type': isTable ? 'application/json' : 'application/xml',
      })
      .end(request.method !== 'GET' ? '' : isTable ? noSuchRow : '<QueueMessagesList></QueueMessagesList>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/acme`;

  const scopes: unknown[] = [];
  const credential = {
    getToken: async (scope: unknown) => {
      scopes.push(scope);
      await new Promise(setImmediate);
      return { token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const settings = named({ __tableServiceUri: url, __queueServiceUri: url });
  const { ledger, queue } = connectStorage(settings, () => Promise.resolve(credential), systemClock);
  expect(await ledger.read(aKey(), 'E1')).toEqual({ job: null, version: null, eventKnown: false });
  expect(await queue.receive(1)).toEqual([]);
  expect([...authorizations]).toEqual(['Bearer a-token']);
  expect(new Set(scopes.flat())).toEqual(new Set(['https://storage.azure.com/.default']));
});

const noSuchRow = '{"odata.error":{"code":"ResourceNotFound","message":{"value":"The row is not there."}}}';

function named(settings: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([suffix, value]) => [`AzureWebJobsStorage${suffix}`, value]),
  );
}

function noCredential(): Promise<never> {
  return Promise.reject(new Error('There is none.'));
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return null;
}
