import { listen } from '../../../src/hosts/node/listen.ts';
import type { NewBatchJob } from '../../../src/sandbox/batch-job.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox-types.ts';
import { aService, failureEvent } from '../../helpers/a-service.ts';
import { type CallbackServer, startCallbackServer } from '../../helpers/callback-server.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { type Answer, Connection } from './connection.ts';

export const environment = 'default';

/** The service behind its HTTP host, with a key; a simulated F&O behind it, and before it a connection. */
export type RunningService = AsyncDisposable & {
  url: string;
  connection: Connection;
  sandbox: Sandbox;
  clock: ManualClock;
  callbacks: CallbackServer;
  /** Runs the job, which fails, and does what a flow does: hands the event on whole, perhaps with more in it. */
  evaluate: (jobId: string, more?: object) => Promise<Answer>;
  /** Lets two minutes pass with the work that is due in them. */
  twoMinutes: () => Promise<void>;
  /** The watch looks at F&O, twice, six minutes apart. */
  watch: () => Promise<void>;
};

const functionKey = 'a-key-of-the-function';
const expect = { maxDuration: 'PT2H', minDuration: 'PT1S', startWithin: 'PT2H' };

/** Every job may be retried twice in an episode. */
export async function startRunningService(jobs: NewBatchJob[]): Promise<RunningService> {
  const callbacks = await startCallbackServer();
  const clock = new ManualClock();
  const { service, sandbox, ...started } = await aService({
    jobs,
    clock,
    policy: { defaults: { maxRetries: 2, expect }, jobs: [{ name: 'All', match: { jobId: '*' } }] },
    settings: { CALLBACK_HOSTS: callbacks.origin, ERROR_TEXT_FIELD: 'ErrorText' },
  });
  const host = await listen(service, { host: '127.0.0.1', port: 0, functionKey });
  const connection = new Connection(host.url, functionKey);
  return {
    url: host.url,
    connection,
    sandbox,
    clock,
    callbacks,
    evaluate: async (jobId, more = {}) => {
      const event: object = { ...JSON.parse(await failureEvent(sandbox, jobId)), ...more };
      return connection.call('EvaluateBatchJobEvent', { environment, event });
    },
    twoMinutes: async () => {
      for (let step = 0; step < 4; step++) {
        await clock.advance(30_000);
        while ((await service.pollWorkQueue()) > 0);
      }
    },
    watch: async () => {
      await service.watch();
      await clock.advance(360_000);
      await service.watch();
    },
    [Symbol.asyncDispose]: async () => {
      await host.close();
      await started[Symbol.asyncDispose]();
      await callbacks[Symbol.asyncDispose]();
    },
  };
}

export function aSandboxJob(jobId: string, description: string): NewBatchJob {
  return { jobId, description, script: { kind: 'always-fail' } };
}
