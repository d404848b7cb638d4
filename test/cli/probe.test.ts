import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { childEnvironment } from '../helpers/child-environment.ts';
import { startStubFno, type StubFno } from './stub-fno.ts';

const jobId = '9223372036854775807';

let fno: StubFno;
beforeEach(async () => {
  fno = await startStubFno(jobId);
});
afterEach(() => fno[Symbol.asyncDispose]());

test('without --yes it says what it sees and would do, and sends nothing', async () => {
  const { status, out, err } = await probe(['--job', jobId]);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(
    /^Batch job 9223372036854775807 in environment default: Hourly posting\nWaiting, recurring; latest run from 20\S+Z to 20\S+Z; scheduled start 20\S+Z\nWhile it waits for its schedule: times kept\.\nNothing was sent\. With --yes[^]*only in a test environment, with a job that may run twice\.\n$/,
  );
  expect(fno.requeues).toBe(0);
});

test('with --yes it requeues once, and sees that the job starts', async () => {
  fno.job['StartDateTime'] = '1900-01-01T00:00:00Z';
  fno.job['EndDateTime'] = '1900-01-01T00:00:00Z';
  const { act } = fno;
  fno.act = () => {
    fno.job['Status'] = 'Executing';
    return act();
  };
  const { status, out, err } = await probe(['--job', jobId, '--yes']);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toContain('While it waits for its schedule: times cleared (or the job never ran).\n');
  expect(out).toMatch(
    /F&O answered: taken \(Done\.\)\.\n0:00 {2}Executing, .*\n.*\nstarts-now: It is Executing\.\n$/,
  );
  expect(fno.requeues).toBe(1);
});

test('with --yes it shows how F&O refuses', async () => {
  fno.act = () => ({ IsSuccess: false, ResponseStatusCode: 400, ExceptionDetails: 'It waits already.' });
  const { status, out } = await probe(['--job', jobId, '--yes', '--environment', 'DEFAULT']);
  expect(status).toBe(0);
  expect(out).toMatch(/\nrefuses: F&O refuses \(It waits already\.\)\.\n$/);
});

test('where nothing was measured, the exit code is 1', async () => {
  fno.actStatus = 429;
  const { status, out } = await probe(['--job', jobId, '--yes']);
  expect(status).toBe(1);
  expect(out).toMatch(/\nunclear: F&O did not take the request: throttled/);
});

const several = (orgUrl: string) =>
  JSON.stringify({ uat: { orgUrl }, prod: { orgUrl: 'https://prod.example' } });

test.each<[string, (fno: StubFno) => [string[], Record<string, string>], RegExp]>([
  ['a job that does not recur', (f) => ((f.job['Recurrence'] = ''), [[], {}]), /It does not recur/],
  ['a job in Error', (f) => ((f.job['Status'] = 'Error'), [[], {}]), /It is Error.*right after a failed run/],
  [
    'an unknown environment',
    () => [['--environment', 'uta'], {}],
    /^--environment: found "uta"; expected one of default\.$/,
  ],
  [
    'no environment, of several',
    ({ orgUrl }) => [[], { FNO_ORG_URL: '', FNO_ENVIRONMENTS: several(orgUrl) }],
    /^--environment: not given; expected one of uat, prod\.$/,
  ],
  ['no F&O', () => [[], { FNO_ORG_URL: ' ' }], /^FNO_ORG_URL: not set; expected/],
  [
    'no way to sign in',
    () => [[], { IDENTITY_ENDPOINT: '', AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' }],
    /The job could not be read: sign-in-refused \(no way to sign in is set up/,
  ],
  [
    'an F&O that is not there',
    () => [[], { FNO_ORG_URL: 'http://127.0.0.1:9' }],
    /could not be read: not-sent \(ECONNREFUSED\)/,
  ],
])('%s is refused in clear words, with exit code 2, and nothing is sent', async (_what, prepare, message) => {
  const [more, settings] = prepare(fno);
  const { status, err } = await probe(['--job', jobId, '--yes', ...more], settings);
  expect(status).toBe(2);
  expect(err.trimEnd()).toMatch(message);
  expect(fno.requeues).toBe(0);
});

test('an environment is chosen by its name, and an id that is none is refused', async () => {
  const settings = { FNO_ORG_URL: '', FNO_ENVIRONMENTS: several(fno.orgUrl) };
  expect((await probe(['--job', jobId, '--environment', 'UAT'], settings)).out).toContain(
    'in environment uat:',
  );
  for (const id of ['9223372036854775808', 'nightly'])
    expect(await probe(['--job', id])).toMatchObject({ status: 2, err: expect.stringContaining('64 bits') });
  expect((await probe([])).err).toContain("required option '--job <id>'");
});

async function probe(call: string[], settings: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['src/cli/main.ts', 'probe', 'recurring', ...call], {
    env: childEnvironment({ ...fno.settings, ...settings }),
  });
  const [out, err, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { status, out, err };
}
