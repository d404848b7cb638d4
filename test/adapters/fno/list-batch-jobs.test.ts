import { expect, test } from 'vitest';
import { FnoBatchJobs } from '../../../src/adapters/fno/fno-batch-jobs.ts';
import { listFilters, listPath } from '../../../src/adapters/fno/list-query.ts';
import { FnoSender } from '../../../src/adapters/fno/fno-sender.ts';
import { TokenSource } from '../../../src/adapters/fno/token-source.ts';
import { parseJobId } from '../../../src/domain/job-id.ts';
import type { Fault } from '../../../src/sandbox/faults.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { aToken } from '../../sandbox/fno-client.ts';

const soon = () => AbortSignal.timeout(5000);

/** Five jobs, of which those that end in "posting" failed, one minute after the other. */
async function anFno(pageSize = 50) {
  const clock = new ManualClock();
  const sandbox = await startSandbox({ clock, pageSize });
  const names = ['Nightly posting', 'INT orders', 'Ledger posting', "It's 100% *done*", 'Größe posting'];
  for (const [index, description] of names.entries()) {
    sandbox.addJob({ jobId: String(5637144576 + index), description, script: { kind: 'always-fail' } });
  }
  sandbox.addJob({ jobId: '9223372036854775807', description: 'Of 5637144576', script: { kind: 'succeed' } });
  for (const jobId of ['5637144576', '5637144578', '5637144580']) {
    await clock.advance(60_000);
    await sandbox.run(jobId);
  }
  const credential = {
    getToken: async () => ({ token: await aToken(sandbox), expiresOnTimestamp: clock.now().getTime() + 1e9 }),
  };
  const tokens = new TokenSource(() => Promise.resolve(credential), sandbox.orgUrl, clock);
  const batchJobs = new FnoBatchJobs(new FnoSender(sandbox.orgUrl, tokens, clock), clock);
  const found = async (search: string | null, limit = 50) => {
    const outcome = await batchJobs.list({ search, limit }, soon());
    return outcome.kind === 'listed' ? outcome.jobs.map(({ description }) => description) : outcome.kind;
  };
  return { sandbox, batchJobs, found };
}

const failed = ['Größe posting', 'Ledger posting', 'Nightly posting'];
const others = ['INT orders', "It's 100% *done*", 'Of 5637144576'];

test('jobs in Error come first, those that failed last before the others', async () => {
  const { sandbox, batchJobs, found } = await anFno();
  await using _ = sandbox;
  expect(await found(null)).toEqual([...failed, ...others]);
  expect(await batchJobs.list({ search: null, limit: 1 }, soon())).toEqual({
    kind: 'listed',
    jobs: [
      {
        jobId: '5637144580',
        description: 'Größe posting',
        legalEntity: 'USMF',
        status: 'Error',
        startedAt: new Date('2026-03-02T01:03:00Z'),
        endedAt: new Date('2026-03-02T01:03:00Z'),
        scheduledAt: new Date('2026-03-02T01:00:00Z'),
        isRecurring: false,
        readAt: expect.any(Date),
      },
    ],
    cutOff: null,
  });
});

test.each([
  ['a part of the description, without case', 'POST', failed],
  ['letters beyond ASCII', 'größe', ['Größe posting']],
  ['a quote', "it's", ["It's 100% *done*"]],
  ['characters that mean something to F&O', '% *d', ["It's 100% *done*"]],
  ['a character between others', 'i?t', []],
  ['what ends the text and goes on with a filter', "' or Status ne null or JobDescription eq '", []],
  ['the id of a job', '5637144577', ['INT orders']],
  ['the largest id', '9223372036854775807', ['Of 5637144576']],
  ['digits that are no id but in a description', '56371445', ['Of 5637144576']],
  ['what nobody has', 'payroll', []],
])('jobs are found by %s', async (_what, search, expected) => {
  const { sandbox, found } = await anFno();
  await using _ = sandbox;
  expect(await found(search)).toEqual(expected);
});

test('no more jobs are asked for than are wanted, over as many pages as F&O makes of them', async () => {
  const { sandbox, found } = await anFno(2);
  await using _ = sandbox;
  expect(await found(null, 2)).toEqual(failed.slice(0, 2));
  expect(await found(null, 5)).toEqual([...failed, ...others.slice(0, 2)]);
  expect(await found(null, 200)).toEqual([...failed, ...others]);
});

test.each<[Fault, string]>([
  [{ kind: 'unauthorized' }, 'unauthorized'],
  [{ kind: 'forbidden' }, 'misconfigured'],
  [{ kind: 'throttled', retryAfter: 5 }, 'throttled'],
  [{ kind: 'unavailable', status: 503 }, 'unavailable'],
  [{ kind: 'html' }, 'unavailable'],
  [{ kind: 'other-shape' }, 'unavailable'],
  [{ kind: 'redirect', status: 302 }, 'misconfigured'],
  [{ kind: 'reset' }, 'unavailable'],
  [{ kind: 'oversized' }, 'unavailable'],
])('a list that F&O does not give, %j, is %s', async (fault, kind) => {
  const { sandbox, found } = await anFno();
  await using _ = sandbox;
  sandbox.faults.add(fault, { on: 'list', times: 5 });
  expect(await found(null)).toBe(kind);
  expect(sandbox.loginPageSawToken).toBe(false);
});

test('a list whose second request fails is none', async () => {
  const { sandbox, found } = await anFno();
  await using _ = sandbox;
  sandbox.faults.add({ kind: 'delay', ms: 0 }, { on: 'list' });
  sandbox.faults.add({ kind: 'unavailable', status: 503 }, { on: 'list' });
  expect(await found(null)).toBe('unavailable');
});

test('jobs are listed by their ids by one request, which stays short however long 32 ids are, and without what is gone', async () => {
  const { sandbox, batchJobs } = await anFno();
  await using _ = sandbox;
  const ids = ['9223372036854775807', '5637144576', '5637144580', '1'].flatMap((id) => parseJobId(id) ?? []);
  const before = sandbox.requests.length;
  const listed = await batchJobs.listByIds(ids, soon());
  expect(listed.kind === 'listed' && listed.jobs.map(({ jobId }) => jobId)).toEqual([
    '5637144580',
    '5637144576',
    '9223372036854775807',
  ]);
  expect(sandbox.requests.slice(before).filter(({ route }) => route === 'list')).toHaveLength(1);

  const longest = Array.from({ length: 32 }, () => parseJobId('-9223372036854775808') ?? []).flat();
  expect(listPath(listFilters.withIds(longest), longest.length).length).toBeLessThan(2048);
});
