import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { childEnvironment } from '../helpers/child-environment.ts';

type Started = {
  /** `http://127.0.0.1:<port>/api` */
  url: string;
  /** From the import of the entry file until it was done. */
  loadMs: number;
  /** The URLs of what was loaded when that was done. */
  modulesAtLoad: string[];
  functions: { name: string; route?: string; methods: string[]; authLevel: string }[];
};

export type FunctionsApp = AsyncDisposable &
  Started & {
    /** What the app has printed so far, with what it printed while loading. */
    output: { out: string; err: string };
    /** The URLs of every module that is loaded by now, node's own left out. */
    loadedModules: () => Promise<string[]>;
    /** Ends it as the host ends a worker. Resolves, when it has exited, to how long that took, in ms. */
    terminate: () => Promise<number>;
  };

const program = new URL('functions-app.ts', import.meta.url);

/** Runs an app in a process of its own, with these settings and no others, as Azure Functions would. */
export async function startFunctionsApp(
  entry: URL,
  settings: Record<string, string>,
  folder = process.cwd(),
): Promise<FunctionsApp> {
  const child = fork(program, [entry.href], {
    cwd: folder,
    env: childEnvironment(settings),
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const closed = once(child, 'close');
  const output = { out: '', err: '' };
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('The process has no output');
  stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  const started = new Promise<Started>((resolve, reject) => {
    createInterface(stdout).on('line', (line) => {
      if (line.startsWith('{"url":')) resolve(JSON.parse(line));
      else output.out += `${line}\n`;
    });
    child.once('close', () => reject(new Error(`The app ended before it served: ${output.err}`)));
  });
  return {
    ...(await started),
    output,
    loadedModules: async () => {
      const answered = once(child, 'message');
      child.send('which?');
      const [loaded]: unknown[] = await answered;
      return Array.isArray(loaded) ? loaded.map(String).filter((url) => !url.startsWith('node:')) : [];
    },
    terminate: async () => {
      const startedAt = performance.now();
      child.send('terminate');
      await closed;
      return performance.now() - startedAt;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
