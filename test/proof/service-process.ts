import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Sandbox } from '../../src/sandbox/sandbox-types.ts';
import { childEnvironment } from '../helpers/child-environment.ts';
import { everyJob } from '../helpers/policies.ts';

export type Answer = { status: number; decision: string; reason: string };

export type ServiceProcess = AsyncDisposable & {
  child: ChildProcess;
  output: string[];
  url: string;
  /** Rejects if the connection ends without an answer. */
  deliver: (event: string) => Promise<Answer>;
};

/** Settings for a service that uses this F&O, tokens and all. */
export function settingsFor(sandbox: Sandbox): Record<string, string> {
  return {
    FNO_ORG_URL: sandbox.orgUrl,
    ...sandbox.identityEnvironment,
    RETRY_POLICY: JSON.stringify(everyJob),
  };
}

/** Starts src/hosts/node/main.ts as people do, on a port of its own choice; resolves when it listens. */
export async function startService(settings: Record<string, string>): Promise<ServiceProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/hosts/node/main.ts'], {
    env: childEnvironment({ PORT: '0', ...settings }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        const found = /^Listening on (\S+)$/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
    child.once('exit', () => reject(new Error(`The service did not start: ${output.join(' ')}`)));
  });
  return {
    child,
    output,
    url,
    deliver: async (body) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/business-events`, { method: 'POST', headers, body });
      const answer: unknown = await response.json();
      return {
        status: response.status,
        decision: textOf(answer, 'decision'),
        reason: textOf(answer, 'reason'),
      };
    },
    [Symbol.asyncDispose]: () => end(child, 'SIGKILL'),
  };
}

/** Resolves when it has ended. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

function textOf(body: unknown, name: string): string {
  return typeof body === 'object' && body !== null ? String(Reflect.get(body, name)) : '';
}
