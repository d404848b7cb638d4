import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceProcess, startService } from '../service-process.ts';

const firstLookMs = 20 * 60_000;

/** Two processes on one store. Both have one clock: this process's. */
export class NightServices implements AsyncDisposable {
  readonly all: ServiceProcess[] = [];
  readonly outputs: string[][] = [];
  readonly #settings: Record<string, string>;

  constructor(settings: Record<string, string>) {
    this.#settings = { ...settings, ...fakeClock() };
  }

  async start(port = 0): Promise<ServiceProcess> {
    const service = await startService({ ...this.#settings, PORT: String(port) });
    this.all.push(service);
    this.outputs.push(service.output);
    return service;
  }

  get any(): ServiceProcess {
    const [first] = this.all;
    if (!first) throw new Error('No process is left');
    return first;
  }

  get pids(): number[] {
    return this.all.flatMap(({ child }) => child.pid ?? []);
  }

  /** Kills the process at once. Returns the port on which its successor is to listen. */
  kill(pid: number): number {
    const index = this.all.findIndex(({ child }) => child.pid === pid);
    const [victim] = this.all.splice(index, 1);
    if (!victim) throw new Error(`No process has the id ${pid}`);
    victim.child.kill('SIGKILL');
    return Number(new URL(victim.url).port);
  }

  async get(path: string): Promise<Record<string, unknown>> {
    const url = path.startsWith('http') ? path : `${this.any.url}/${path}`;
    // By a fast clock a server ends a connection that rests sooner than its client can know.
    const answer = await fetch(url, { headers: { connection: 'close' } });
    const body: unknown = await answer.json();
    if (typeof body !== 'object' || body === null) throw new Error(`${path} answered no object`);
    return { ...body };
  }

  /** All pages of a list. */
  async list(path: string): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    for (let next: string | null = path; next !== null;) {
      const { value, nextLink }: Record<string, unknown> = await this.get(next);
      if (!Array.isArray(value)) throw new Error(`${next} answered no list`);
      rows.push(...value);
      next = typeof nextLink === 'string' ? nextLink : null;
    }
    return rows;
  }

  /** What GET /ready tells of the watch, as soon as it has looked and F&O answers. */
  async watchPart(): Promise<Record<string, unknown>> {
    const until = Date.now() + firstLookMs;
    for (;;) {
      const { parts } = await this.get('ready');
      const all: Record<string, unknown>[] = Array.isArray(parts) ? parts : [];
      const watch = all.find(({ part }) => part === 'watch');
      if (watch?.['status'] === 'working') return watch;
      if (Date.now() > until) throw new Error(`The watch did not look: ${JSON.stringify(parts)}`);
      await sleep(5000);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((service) => service[Symbol.asyncDispose]()));
  }
}

/** What lets a child have the fast clock of this process. */
function fakeClock(): Record<string, string> {
  const names = Object.keys(process.env).filter(
    (name) => name === 'LD_PRELOAD' || name.startsWith('FAKETIME'),
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}
