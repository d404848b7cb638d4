import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { childEnvironment } from '../../helpers/child-environment.ts';

const program = fileURLToPath(new URL('noisy-sdk.ts', import.meta.url));

test('with telemetry on, the SDKs do not fill the log with warnings that are paid for', async () => {
  const output = await run({});
  expect(output).toMatch(/^Level: error$/m);
  expect(output).not.toContain('baseUri');
});

test('a log level of the SDKs that somebody set stays', async () => {
  expect(await run({ AZURE_LOG_LEVEL: 'warning' })).toMatch(/azure:core-client:warning The baseUri option/);
});

async function run(environment: Record<string, string>): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--no-warnings', program], {
    env: childEnvironment(environment),
  });
  return `${stdout}${stderr}`;
}
