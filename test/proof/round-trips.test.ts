import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { startAzurite } from '../helpers/azurite.ts';
import { composeService, nothingAround } from './compose-service.ts';
import { longestChain, recordRequests } from './record-requests.ts';

const azurite = await startAzurite();
afterAll(azurite.stop);
const sandbox = await startSandbox();
afterAll(() => sandbox.stop());

/** Repetitions: what overlaps may, on a busy machine, look as if it followed; what follows never overlaps. */
const rounds = 7;

/** Nobody asks it before a minute has passed. */
const logs = { url: 'http://127.0.0.1:9', workspaceId: '7d5a1f0e-6c0b-4f3e-9a51-0f6d3c2e8b14' };

test.each([
  ['', 0, {}],
  [', whose cause is looked for,', 10, { logs }],
])(
  'a duplicate costs one round trip to Azure Storage, a requeue%s three, and what no policy lists none',
  async (what, before, more) => {
    const policy = {
      jobs: [
        {
          name: 'Listed',
          match: { jobId: Array.from({ length: rounds + 1 }, (_, n) => String(before + n + 1)) },
        },
      ],
    };
    const service = await composeService(
      {
        orgUrl: sandbox.orgUrl,
        identity: sandbox.identityEnvironment,
        store: 'azure',
        storageConnection: azurite.connectionString(),
        policy,
        ...more,
      },
      systemClock,
      nothingAround,
    );
    const fewest = { requeue: Infinity, duplicate: Infinity, 'no match': Infinity };
    const requests = { ...fewest };
    const measure = async (path: keyof typeof fewest, event: string, decision: string) => {
      using recorder = recordRequests([azurite.tableUrl, azurite.queueUrl]);
      expect((await service.deliver(event)).body).toMatchObject({ decision });
      fewest[path] = Math.min(fewest[path], longestChain(recorder.spans));
      requests[path] = Math.min(requests[path], recorder.spans.length);
    };
    for (let round = 0; round <= rounds; round++) {
      const listed = await failureEvent(String(before + round + 1));
      const unlisted = await failureEvent(String(before + round + 100));
      // The first makes the tables and loads the SDKs.
      if (round === 0) {
        await service.deliver(listed);
        continue;
      }
      await measure('requeue', listed, 'requeued');
      await measure('duplicate', listed, 'duplicate');
      await measure('no match', unlisted, 'ignored');
    }
    const told = (['requeue', 'duplicate', 'no match'] as const).map(
      (path) => `${path}${what} ${fewest[path]} (${requests[path]} requests)`,
    );
    console.log(`Round trips to Azure Storage in sequence: ${told.join(', ')}`);
    expect(fewest['no match']).toBe(0);
    expect(fewest.duplicate).toBe(1);
    expect(fewest.requeue).toBeLessThanOrEqual(3);
  },
  60_000,
);

async function failureEvent(jobId: string): Promise<string> {
  sandbox.addJob({ jobId, description: `Job ${jobId}`, script: { kind: 'always-fail' } });
  await sandbox.run(jobId);
  return sandbox.failedEvent(jobId);
}
