import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A run of tests that takes longer, in ms, is stopped: some faults make loops that never end. */
const limitMs = 120_000;

/** The seeds are those of `npm test`, so that the same scenarios are played each time. */
const environment = { ...process.env, PROOF_RUNS: '400', PROOF: '' };

/** The title of the first test that failed, or null if all passed. */
export async function firstFailure(folder: string, tests: string): Promise<string | null> {
  const report = join(folder, 'mutants-report.json');
  rmSync(report, { force: true });
  const options = ['--retry=0', '--bail=1', '--maxWorkers=1', '--reporter=json', `--outputFile=${report}`];
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...options, ...tests.split(' ')], {
    cwd: folder,
    env: environment,
    stdio: 'ignore',
    detached: true,
  });
  const stop = () => stopGroup(child.pid);
  process.once('exit', stop);
  const ended = new AbortController();
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('exit', resolve);
  });
  const tooLate = sleep(limitMs, 'too late' as const, { signal: ended.signal }).catch(() => null);
  try {
    const code = await Promise.race([exit, tooLate]);
    if (code === 'too late') return `(${tests} does not end within ${limitMs / 1000} s)`;
    return code === 0 ? null : failureIn(report, tests);
  } finally {
    ended.abort();
    process.off('exit', stop);
    stop();
  }
}

/** What the tests started belongs to their process group. */
function stopGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

type Report = {
  testResults: { message: string; assertionResults: { status: string; fullName: string }[] }[];
};

function failureIn(path: string, tests: string): string {
  const { testResults }: Report = JSON.parse(readFileSync(path, 'utf8'));
  const failed = testResults
    .flatMap((file) => file.assertionResults)
    .find((each) => each.status === 'failed');
  const broken = testResults.find(({ message }) => message !== '');
  return failed?.fullName ?? `(${tests}: ${broken?.message.split('\n')[0] ?? 'the run failed'})`;
}
