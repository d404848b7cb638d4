import { expect, test } from 'vitest';
import { checkStoreSettings } from '../../../src/adapters/open-store.ts';
import { routes } from '../../../src/http/routes.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { readConfig } from '../../../src/settings/config.ts';
import { SettingsError } from '../../../src/settings/settings-error.ts';
import { nightlyPosting, readAnswer } from '../../helpers/a-service.ts';
import { everyJob } from '../../helpers/policies.ts';
import { type FunctionsApp, startFunctionsApp } from '../start-functions-app.ts';

const entry = new URL('../../../src/hosts/azure/main.ts', import.meta.url);
const { jobId } = nightlyPosting;

const right = {
  FNO_ORG_URL: 'https://contoso.operations.dynamics.com',
  RETRY_POLICY: JSON.stringify(everyJob),
  STORE: 'sqlite::memory:',
};

/** None of these may ever be shown. */
const secrets = {
  AZURE_CLIENT_SECRET: 'hunter2-client-secret',
  IDENTITY_HEADER: 'hunter2-identity-header',
  FUNCTION_KEY: 'hunter2-function-key',
  AzureWebJobsStorage: 'AccountName=contoso;AccountKey=hunter2-account-key',
};

async function ask({ url }: FunctionsApp, method: string, path: string) {
  return readAnswer(await fetch(`${url}/${path.replace('{jobId}', jobId)}`, { method }));
}

const wrong: [title: string, settings: Record<string, string>, lines: RegExp[]][] = [
  [
    'no settings at all',
    {},
    [
      /^FNO_ORG_URL: not set; expected the address of F&O/,
      /^RETRY_POLICY: found no readable file "retry-policy\.json"/,
    ],
  ],
  [
    'settings that are wrong and others that are missing',
    { RESPONSE_BUDGET_MS: '20s', AzureWebJobsStorage: '' },
    [
      /^RESPONSE_BUDGET_MS: found "20s"/,
      /^FNO_ORG_URL: not set/,
      /^RETRY_POLICY: found no readable file/,
      /^AzureWebJobsStorage: not set; expected a connection string/,
    ],
  ],
  [
    'two settings that are wrong',
    { ...right, RESPONSE_BUDGET_MS: '20s', PORT: '70000' },
    [
      /^RESPONSE_BUDGET_MS: found "20s", expected milliseconds from 1000 to 9500/,
      /^PORT: found "70000", expected a port from 0 to 65535\.$/,
    ],
  ],
  [
    'an address without encryption',
    { ...right, FNO_ORG_URL: 'http://contoso.operations.dynamics.com' },
    [
      /^FNO_ORG_URL: found "http:\/\/contoso\.operations\.dynamics\.com", which would send the token unprotected; expected/,
    ],
  ],
  [
    'an address with a password in it',
    { ...right, FNO_ORG_URL: 'https://admin:hunter2@contoso.operations.dynamics.com' },
    [/^FNO_ORG_URL: found an address with a user name in it; expected/],
  ],
  [
    'an address with a signature in its query',
    { ...right, FNO_ORG_URL: 'https://contoso.operations.dynamics.com/?sig=hunter2' },
    [/^FNO_ORG_URL: found "https:\/\/contoso\.operations\.dynamics\.com" with more after the host; expected/],
  ],
  [
    'no storage account for the store',
    { ...right, STORE: '', AzureWebJobsStorage: '' },
    [/^AzureWebJobsStorage: not set; expected a connection string/],
  ],
  [
    'the connection string of a storage account where the store is named',
    { ...right, STORE: 'DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=hunter2==' },
    [/^STORE: found something else, expected azure or sqlite:<file>/],
  ],
  [
    'a policy that is not there',
    { ...right, RETRY_POLICY: 'nowhere.json' },
    [/^RETRY_POLICY: found no readable file "nowhere\.json"; expected/],
  ],
  [
    'a policy with two mistakes',
    { ...right, RETRY_POLICY: '{"jobs":[{"name":"A","match":{},"maxRetries":0}]}' },
    [
      /^RETRY_POLICY: at jobs\[0\]\.match: must hold at least one condition/,
      /^RETRY_POLICY: at jobs\[0\]\.maxRetries: /,
    ],
  ],
];

test.each(wrong)('%s: a line each, and no secret', (_title, settings, lines) => {
  const source = { ...secrets, ...settings };
  const message = messageOf(() => readConfig(source, 'azure', (store) => checkStoreSettings(store, source)));
  const told = message.split('\n');
  expect(told).toHaveLength(lines.length);
  for (const line of lines) expect(told).toContainEqual(expect.stringMatching(line));
  expect(message).not.toContain('hunter2');
});

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
  }
  throw new Error('Nothing is wrong with the settings.');
}

/** Those whose process is started, too. */
const played = [
  'settings that are wrong and others that are missing',
  'an address with a signature in its query',
  'a policy with two mistakes',
];

test.each(wrong.filter(([title]) => played.includes(title)))(
  '%s: the lines are on stderr, and every route but health answers 503 with them',
  async (_title, settings, lines) => {
    await using app = await startFunctionsApp(entry, { ...secrets, ...settings });

    const printed = () => app.output.err.split('\n').filter((line) => line !== '');
    // By this word the Functions host knows that a line on stderr is an error.
    const told = () => printed().map((line) => /^Error: (.*)$/.exec(line)?.[1] ?? `no error: ${line}`);
    await expect.poll(() => told().length, { timeout: 15_000 }).toBeGreaterThanOrEqual(lines.length);
    expect(told()).toHaveLength(lines.length);
    for (const line of lines) expect(told()).toContainEqual(expect.stringMatching(line));
    expect(app.output.out).toBe('');

    expect(app.functions.filter(({ route }) => route !== undefined)).toEqual(
      routes.map(({ name, path, method, auth }) => ({
        name,
        route: path,
        methods: [method],
        authLevel: auth,
      })),
    );
    const answers = await Promise.all(
      routes.map(async ({ name, method, path }) => ({ name, ...(await ask(app, method, path)) })),
    );
    const [health] = answers.filter(({ name }) => name === 'health');
    expect(health).toMatchObject({ status: 200, body: { status: 'alive' } });
    const others = answers.filter((answer) => answer !== health);
    expect(others).toHaveLength(routes.length - 1);
    for (const { status, body, headers } of others) {
      expect({ status, body }).toEqual({
        status: 503,
        body: {
          type: 'urn:batch-retry:problem:misconfigured',
          title: 'The service is not set up',
          status: 503,
          detail: told().join('\n'),
        },
      });
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(headers.get('retry-after')).toBe('5');
    }
    expect(`${app.output.err}${JSON.stringify(answers)}`).not.toContain('hunter2');
  },
);

test('with right settings it serves, silently', async () => {
  await using sandbox = await startSandbox();
  sandbox.addJob(nightlyPosting);
  await using app = await startFunctionsApp(entry, {
    ...secrets,
    ...right,
    FNO_ORG_URL: sandbox.orgUrl,
    ...sandbox.identityEnvironment,
  });
  expect(app.output).toEqual({ out: '', err: '' });
  expect(await ask(app, 'GET', 'ready')).toMatchObject({ status: 200, body: { status: 'ready' } });

  await sandbox.run(jobId);
  const answer = await fetch(`${app.url}/business-events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: sandbox.failedEvent(jobId),
  });

  expect(await readAnswer(answer)).toMatchObject({ status: 200, body: { decision: 'requeued', jobId } });
  expect(sandbox.requeues(jobId)).toBe(1);
  expect(app.output.err).toBe('');
});

test('a store that cannot be opened is no wrong setting: ready answers 503, health 200', async () => {
  await using app = await startFunctionsApp(entry, { ...right, STORE: 'sqlite:/dev/null/no/store.sqlite' });

  expect(await ask(app, 'GET', 'ready')).toMatchObject({
    status: 503,
    body: {
      type: 'urn:batch-retry:problem:not-ready',
      parts: [{ part: 'store', status: 'failing' }, {}, {}, {}],
    },
  });
  expect(await ask(app, 'GET', 'health')).toMatchObject({ status: 200 });
});
