import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { makeEnvelopes } from '../../fixtures/make-envelopes.ts';
import { failureEvent, nightlyPosting } from '../../helpers/a-service.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { startFunctionsApp } from '../start-functions-app.ts';

const key = 'a-function-key-hunter2';
const wrongKey = 'a-wrong-key-hunter3';
const clientSecret = 'a-client-secret-hunter4';

/** What this test and the simulated F&O put into settings, headers, events and messages. */
const secret = /hunter|@example|Bearer \S/i;

const faults = [
  { kind: 'refused', message: 'Ask owner@example.com' },
  { kind: 'throttled', retryAfter: 1 },
  { kind: 'unavailable', status: 503 },
] as const;

test.each(['local', 'azure'])(
  'nothing that a full run on the %s host prints or answers holds a key, a token, a secret or an e-mail address',
  { timeout: 60_000 },
  async (host) => {
    await using sandbox = await startSandbox({ clock: new ManualClock(new Date()) });
    sandbox.addJob(nightlyPosting);
    const settings = {
      FNO_ORG_URL: sandbox.orgUrl,
      ...sandbox.identityEnvironment,
      AZURE_CLIENT_SECRET: clientSecret,
      RETRY_POLICY: JSON.stringify({ jobs: [{ name: 'All', match: { jobId: '*' } }] }),
      STORE: 'sqlite::memory:',
      FUNCTION_KEY: key,
      PATH: process.env['PATH'] ?? '',
    };
    const app = host === 'local' ? await startLocal(settings) : await startAzure(settings);
    const answers: string[] = [];
    const post = async (body: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${app.url}/business-events?code=${key}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer hunter5', ...headers },
        body,
      });
      answers.push(await response.text());
    };
    try {
      for (const request of Object.values(await makeEnvelopes(await failureEvent(sandbox)))) {
        await post(request.body, request.headers);
      }
      for (const fault of faults) {
        sandbox.faults.add(fault, { on: 'action' });
        sandbox.setStatus(nightlyPosting.jobId, 'Waiting');
        await post(await failureEvent(sandbox));
      }
      sandbox.revokeTokens();
      sandbox.setStatus(nightlyPosting.jobId, 'Waiting');
      const event = await failureEvent(sandbox);
      await post(event.slice(0, event.indexOf('@example') + 12));
      await post(event.replace(/"JobId":\d+/, '"JobId":"owner@example.com"'));
      await post(`{"AdminEmailId":"a@example.com","AdminEmailId":"b@example.com"}`);
      await post(event, { 'content-type': 'text/plain' });
      await post(event);
      const wrong = await fetch(`${app.url}/batch-jobs?code=${wrongKey}`);
      answers.push(await wrong.text());
      const history = await fetch(`${app.url}/batch-jobs/${nightlyPosting.jobId}/history?code=${key}`);
      answers.push(await history.text());
    } finally {
      answers.push(await app.stop());
    }

    const printed = answers.join('\n');
    expect(printed).toContain('requeued');
    expect(printed).toContain('refused');
    expect(printed.split('\n').filter((line) => secret.test(line))).toEqual([]);
    expect(sandbox.tokensIssued).toBeGreaterThan(0);
    expect(printed, 'a token is 43 characters of base64url').not.toMatch(/(?<![\w-])[\w-]{43}(?![\w-])/);
    expect(printed).not.toContain(sandbox.identityEnvironment.IDENTITY_HEADER);
  },
);

/** `stop` resolves to all that was printed. */
type App = { url: string; stop: () => Promise<string> };

async function startLocal(settings: Record<string, string>): Promise<App> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/hosts/node/main.ts'], {
    env: { ...settings, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors = text(child.stderr);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (some: string) => (printed += some));
  await expect.poll(() => /Listening on \S+\n/.test(printed), { timeout: 20_000 }).toBe(true);
  const [, url = ''] = /Listening on (\S+)/.exec(printed) ?? [];
  return {
    url,
    stop: async () => {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
      return printed + (await errors);
    },
  };
}

async function startAzure(settings: Record<string, string>): Promise<App> {
  const app = await startFunctionsApp(new URL('../../../src/hosts/azure/main.ts', import.meta.url), settings);
  return {
    url: app.url,
    stop: async () => {
      await app[Symbol.asyncDispose]();
      return `${app.output.out}${app.output.err}`;
    },
  };
}
