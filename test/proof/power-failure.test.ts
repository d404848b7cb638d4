import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Answer, type ServiceProcess, settingsFor, startService } from './service-process.ts';

/** What sees each fsync must be compiled, for Linux. */
const canSeeSyncs = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

const jobs = 60;
const rounds = Number(process.env['PROOF_ROUNDS'] ?? 4);

const folder = mkdtempSync(join(tmpdir(), 'power-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(!canSeeSyncs)(
  'of what was answered nothing is lost if a power failure takes all that was not synced',
  async () => {
    const preload = compile();
    let answeredInAll = 0;
    for (let round = 0; round < rounds; round++) answeredInAll += await fail(preload, round);
    expect(answeredInAll).toBeGreaterThan(0);
    console.log(`Power failures: ${rounds}, ${answeredInAll} answered events before them, none lost`);
  },
  120_000,
);

/** Events at once, and the power fails after some answers. Resolves to how many there were. */
async function fail(preload: string, round: number): Promise<number> {
  await using sandbox = await startSandbox();
  const events = new Map<string, string>();
  for (let number = 1; number <= jobs; number++) {
    const jobId = String(5_637_144_576 + number);
    sandbox.addJob({ jobId, description: 'Nightly posting', script: { kind: 'always-fail' } });
    await sandbox.run(jobId);
    events.set(jobId, sandbox.failedEvent(jobId));
  }
  const file = join(folder, `${round}.sqlite`);
  const settings = { ...settingsFor(sandbox), REQUEUES_PER_MINUTE: '10000' };
  const answered = await answersBeforeDeath(
    await startService({ ...settings, STORE: `sqlite:${file}`, LD_PRELOAD: preload }),
    events,
    5 + ((round * 17) % (jobs - 10)),
  );

  const left = join(folder, `${round}-after.sqlite`);
  for (const suffix of ['', '-wal']) renameSync(`${file}${suffix}.synced`, `${left}${suffix}`);
  await using service = await startService({ ...settings, STORE: `sqlite:${left}` });
  for (const [jobId, event] of events) {
    if (!answered.has(jobId)) continue;
    expect(await service.deliver(event)).toMatchObject({ status: 200, decision: 'duplicate' });
    expect(sandbox.requeues(jobId)).toBe(1);
  }
  return answered.size;
}

/** Kills the process once so many events are answered; those whose answers arrive all the same count, too. */
async function answersBeforeDeath(
  service: ServiceProcess,
  events: ReadonlyMap<string, string>,
  dieAfter: number,
): Promise<Map<string, Answer>> {
  await using dying = service;
  const answered = new Map<string, Answer>();
  await Promise.allSettled(
    [...events].map(async ([jobId, event]) => {
      const answer = await dying.deliver(event);
      expect(answer).toMatchObject({ status: 200, decision: 'requeued' });
      answered.set(jobId, answer);
      if (answered.size === dieAfter) dying.child.kill('SIGKILL');
    }),
  );
  expect(answered.size).toBeGreaterThanOrEqual(dieAfter);
  return answered;
}

function compile(): string {
  const library = join(folder, 'synced-copies.so');
  const source = fileURLToPath(new URL('synced-copies.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return library;
}
