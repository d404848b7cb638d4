import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endWithThis } from './own-children.ts';

/** What a process has used since it started; bytes, and microseconds of user and system time. */
type Usage = { rss: number; heapUsed: number; cpuMicros: number };

export type Program = {
  /** The address that it said it listens on. */
  url: string;
  usage: () => Promise<Usage>;
  /** Sends a message, and gives the field of that name of the next message that has it. */
  ask: (question: string) => Promise<unknown>;
  /** The last lines that it wrote. */
  lastWords: () => string;
  [Symbol.asyncDispose]: () => Promise<void>;
};

export type Start = {
  /** Of the program, and of the file that takes its output. */
  name: string;
  /** What node is given: its options, the file, the arguments. */
  command: readonly string[];
  /** Beside PATH and HOME. */
  environment: Readonly<Record<string, string>>;
  /** Where it runs, and where its output is written. */
  folder: string;
};

const reportUsage = new URL('./report-usage.mjs', import.meta.url);
const startMs = 30_000;
const stopMs = 10_000;
let started = 0;

/** Starts a program of node's, with its output in a file as a service manager keeps it, and waits until it listens. */
export async function startProgram({ name, command, environment, folder }: Start): Promise<Program> {
  const output = join(folder, `${name}-${++started}.log`);
  const file = openSync(output, 'w');
  const child = spawn(process.execPath, ['--import', reportUsage.href, ...command], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', file, file, 'ipc'],
  });
  endWithThis(child);
  closeSync(file);
  const written = () => readFileSync(output, 'utf8');
  const lastWords = () => written().split('\n').slice(-12).join('\n').trim();
  const url = await listening(child, name, written);
  const ask = (question: string) => askChild(child, question);
  return {
    url,
    ask,
    usage: async () => toUsage(await ask('usage')),
    lastWords,
    [Symbol.asyncDispose]: () => stopProcess(child),
  };
}

/** The path of a file of bench/. */
export function benchFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

async function listening(child: ChildProcess, name: string, written: () => string): Promise<string> {
  const giveUpAt = performance.now() + startMs;
  while (child.exitCode === null && child.signalCode === null && performance.now() < giveUpAt) {
    const url = /^Listening on (\S+)/m.exec(written())?.[1];
    if (url !== undefined) return url;
    await sleep(20);
  }
  await stopProcess(child);
  throw new Error(`${name} did not start:\n${written()}`);
}

async function askChild(child: ChildProcess, question: string): Promise<unknown> {
  const answer = Promise.withResolvers<unknown>();
  const onMessage = (message: unknown) => {
    if (typeof message === 'object' && message !== null && question in message) {
      answer.resolve(Object.entries(message).find(([name]) => name === question)?.[1]);
    }
  };
  const onExit = () => answer.reject(new Error('The process ended before it answered.'));
  child.on('message', onMessage).once('exit', onExit);
  try {
    child.send(question);
    return await answer.promise;
  } finally {
    child.off('message', onMessage).off('exit', onExit);
  }
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const tooLate = setTimeout(() => child.kill('SIGKILL'), stopMs);
  await exited;
  clearTimeout(tooLate);
}

function toUsage(value: unknown): Usage {
  if (typeof value !== 'object' || value === null) throw new Error('The process did not tell its usage.');
  const numbers: Record<string, unknown> = { ...value };
  const number = (name: string) => Number(numbers[name]);
  return { rss: number('rss'), heapUsed: number('heapUsed'), cpuMicros: number('cpuMicros') };
}
