import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';

export type Azurite = {
  tableUrl: string;
  queueUrl: string;
  /** Made up for this one: no message may ever hold it. */
  accountKey: string;
  /** For other addresses of the same servers, those of a proxy say. */
  connectionString: (tableUrl?: string, queueUrl?: string) => string;
  stop: () => Promise<void>;
};

const account = 'devstoreaccount1';
let shared: Promise<Azurite> | undefined;

/** One for all files of a worker, which keep apart by `freshNames`; it ends with the worker. */
export function sharedAzurite(): Promise<Azurite> {
  shared ??= startAzurite();
  return shared;
}

/** Azure's tables and queues on this machine, in memory, in a process of their own; ready in about a second. */
export async function startAzurite(): Promise<Azurite> {
  const accountKey = randomBytes(32).toString('base64');
  const child = fork(new URL('./azurite-process.mjs', import.meta.url), {
    env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${accountKey}` },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message]: unknown[] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('Azurite did not start.'))),
  ]);
  const [tableUrl = '', queueUrl = ''] = Array.isArray(message) ? message.map(String) : [];
  return {
    tableUrl,
    queueUrl,
    accountKey,
    connectionString: (table = tableUrl, queue = queueUrl) =>
      [
        'DefaultEndpointsProtocol=http',
        `AccountName=${account}`,
        `AccountKey=${accountKey}`,
        `TableEndpoint=${table}/${account}`,
        `QueueEndpoint=${queue}/${account}`,
      ].join(';'),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
