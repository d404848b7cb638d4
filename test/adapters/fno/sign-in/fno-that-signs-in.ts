import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { lazyDefaultCredential } from '../../../../src/adapters/fno/default-credential.ts';
import { FnoBatchJobs } from '../../../../src/adapters/fno/fno-batch-jobs.ts';
import { FnoSender } from '../../../../src/adapters/fno/fno-sender.ts';
import { TokenSource } from '../../../../src/adapters/fno/token-source.ts';
import { systemClock } from '../../../../src/adapters/system.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../../../src/domain/outcome.ts';
import { jobId } from '../../../domain/job/builders.ts';
import { type FakeSignIn, startFakeSignIn } from '../../../helpers/fake-sign-in.ts';

/** Nobody listens there. */
const orgUrl = 'http://127.0.0.1:9';

const secret = 'Wk8Q~hunter2-client-secret';
export const application = {
  AZURE_TENANT_ID: 'contoso.onmicrosoft.com',
  AZURE_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
  AZURE_CLIENT_SECRET: secret,
};

/**
 * The client of F&O, with the real @azure/identity. It looks at the settings of a managed identity once a process:
 * a file of tests is to set up one way to sign in.
 */
export function withFakeSignIn() {
  let fake: FakeSignIn | undefined;
  beforeAll(async () => {
    fake = await startFakeSignIn();
  });
  afterAll(() => fake?.[Symbol.asyncDispose]());
  beforeEach(() => {
    const names = Object.keys(process.env).filter((name) => /^(AZURE_|IDENTITY_|MSI_)/.test(name));
    for (const name of names) vi.stubEnv(name, undefined);
    // What a developer's machine offers, such as a signed-in Azure CLI, is not to be tried.
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'prod');
  });
  afterEach(() => vi.unstubAllEnvs());

  const started = () => {
    if (!fake) throw new Error('It starts before the first test');
    return fake;
  };
  return {
    get signIn() {
      return started();
    },
    /** Set up by these settings. It sends no request to F&O unless it has a token. */
    anFno(settings: Partial<Record<string, string>>, authorityHost = started().authorityHost): FnoBatchJobs {
      for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
      started().tokenRequests = 0;
      started().answers.tenant = null;
      const credential = lazyDefaultCredential({
        authorityHost,
        disableInstanceDiscovery: true,
        retryOptions: { maxRetries: 0 },
      });
      return new FnoBatchJobs(
        new FnoSender(orgUrl, new TokenSource(credential, orgUrl, systemClock), systemClock),
        systemClock,
      );
    },
  };
}

/** Of a request and of a read. */
export async function outcomesOf(
  batchJobs: FnoBatchJobs,
): Promise<[request: SetToWaitingOutcome, read: ReadOutcome]> {
  const signal = AbortSignal.timeout(30_000);
  return [await batchJobs.setToWaiting(jobId, signal), await batchJobs.read(jobId, signal)];
}

export function messageOf({ answer: { message } }: SetToWaitingOutcome | ReadOutcome): string {
  expect(message).not.toMatch(/Trace ID|Correlation ID|hunter2|@example/);
  expect(message?.length).toBeLessThanOrEqual(300);
  return message ?? '';
}
