import { addDemoJobs, demoPolicy, playDemo } from '../../sandbox/demo.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';

export type Demo = {
  /** The settings that point the service at the simulated F&O. */
  settings: Record<string, string>;
  /** Activates the webhook in the simulated F&O and makes its jobs fail until `signal` aborts. */
  play: (webhookUrl: string, signal: AbortSignal) => Promise<void>;
  stop: () => Promise<void>;
};

/** Starts a simulated F&O in which jobs fail, with a policy for them and a store that ends with the process. */
export async function startDemo(): Promise<Demo> {
  // Long runs: two that end within two seconds count as one.
  const sandbox = await startSandbox({ autoRun: { pickupMs: 1000, runMs: 3000 } });
  addDemoJobs(sandbox);
  return {
    settings: {
      FNO_ORG_URL: sandbox.orgUrl,
      ...sandbox.identityEnvironment,
      RETRY_POLICY: JSON.stringify(demoPolicy),
      STORE: 'sqlite::memory:',
    },
    play: async (webhookUrl, signal) => {
      const activation = await sandbox.activateEndpoint(webhookUrl);
      if (!activation.ok) throw new Error(`The webhook could not be activated: ${activation.message}`);
      await playDemo(sandbox, signal);
    },
    stop: () => sandbox.stop(),
  };
}
