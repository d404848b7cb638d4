import { expect, test } from 'vitest';
import { FnoBatchJobs } from '../../../src/adapters/fno/fno-batch-jobs.ts';
import { FnoSender } from '../../../src/adapters/fno/fno-sender.ts';
import { TokenSource } from '../../../src/adapters/fno/token-source.ts';
import { systemClock } from '../../../src/adapters/system.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { jobId } from '../../domain/job/builders.ts';
import { aToken } from '../../sandbox/fno-client.ts';

/** F&O, where the nth request for a token gets the nth of these; `right` stands for one that F&O accepts. */
async function withTokens(...given: string[]) {
  const sandbox = await startSandbox();
  sandbox.addJob({ jobId, description: 'Nightly posting', script: { kind: 'always-fail' } });
  await sandbox.run(jobId);
  const right = await aToken(sandbox);
  let asked = 0;
  const getToken = () => {
    const token = given[asked++] ?? 'none';
    return Promise.resolve({
      token: token === 'right' ? right : token,
      expiresOnTimestamp: Date.now() + 3_600_000,
    });
  };
  const tokens = new TokenSource(() => Promise.resolve({ getToken }), sandbox.orgUrl, systemClock);
  const batchJobs = new FnoBatchJobs(new FnoSender(sandbox.orgUrl, tokens, systemClock), systemClock);
  const outcome = await batchJobs.setToWaiting(jobId, AbortSignal.timeout(5000));
  const sent = sandbox.requests.filter(({ route }) => route === 'action').length;
  await sandbox.stop();
  return { kind: outcome.kind, asked, sent };
}

test.each([
  ['is renewed, and the request sent once more', ['wrong', 'right'], 'taken', 2],
  ['and whose successor is not accepted either is not renewed again', ['wrong', 'bad'], 'unauthorized', 2],
  ['and that is given again is not sent again', ['wrong', 'wrong'], 'unauthorized', 1],
])('a token that F&O does not accept %s', async (_what, given, kind, sent) => {
  expect(await withTokens(...given)).toEqual({ kind, asked: 2, sent });
});
