import { setImmediate } from 'node:timers/promises';
import { HttpSubscribers } from '../../src/adapters/subscribers/http-subscribers.ts';
import type { RetryPolicy } from '../../src/domain/retry-policy/retry-policy.ts';
import type { BatchJobs } from '../../src/ports/batch-jobs.ts';
import { StoreUnavailable } from '../../src/ports/ledger.ts';
import type { RunSearch } from '../../src/ports/run-search.ts';
import type { Store } from '../../src/ports/store.ts';
import { type Announcement, silentTelemetry, type TelemetryEvent } from '../../src/ports/telemetry.ts';
import { createUseCases, type UseCases } from '../../src/usecases/use-cases.ts';
import { notTakenBy } from '../domain/job/not-taken-by-fate.ts';
import { aroundLedger, aroundQueue, aroundRuns } from './around-ports.ts';
import type { MachineClock } from './scenario-clock.ts';
import { type ReadFate, type RequestFate, type ScenarioFno } from './scenario-fno.ts';
import { oneEnvironment } from './one-environment.ts';

/** What the store makes of one call. */
export const storeFates = ['done', 'not done, no answer', 'done, answer lost'] as const;
type StoreFate = (typeof storeFates)[number];

export type Fates = { request: RequestFate; read: ReadFate; store: StoreFate };

const allWell: Fates = { request: 'taken', read: 'found', store: 'done' };

const anyJob = { jobIds: '*', description: null, environment: null, legalEntity: null } as const;

type Gate = { what: string; open: (fates: Fates) => void };

type Parts = {
  name: string;
  store: Store;
  fno: ScenarioFno;
  clock: MachineClock;
  policy: RetryPolicy;
  requeuesPerMinute: number;
  say: (line: string) => void;
  announced: (announcement: Announcement) => void;
  recovered: () => void;
};

/**
 * A process of the service: the real use cases, held up before each I/O until they are told to go on, so that any
 * two processes can be interleaved in any way. One that is dead is held up for ever.
 */
export class Instance {
  readonly name: string;
  readonly useCases: UseCases;
  readonly #forcefulStop = new AbortController();
  readonly #parts: Parts;
  #gates: Gate[] = [];
  #isFree = false;
  isDead = false;
  /** What was begun and has not come to its end. */
  underWay = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.name = parts.name;
    let ids = 0;
    const around = <Result>(what: string, io: () => Promise<Result>) => this.#atStore(what, io);
    this.useCases = createUseCases(
      {
        ledger: aroundLedger(parts.store.ledger, around),
        queue: aroundQueue(parts.store.queue, around),
        subscriptions: parts.store.subscriptions,
        runs: aroundRuns(parts.store.runs, around),
        runSearch: () => this.#runSearch,
        causes: parts.store.causes,
        failureTexts: () => null,
        subscribers: new HttpSubscribers([], parts.clock),
        batchJobs: () => this.#batchJobs,
        clock: parts.clock,
        randomness: { random: () => 0.5, uuid: () => `${parts.name}-${++ids}` },
        telemetry: { ...silentTelemetry, record: (event) => this.#record(event) },
        forcefulStop: this.#forcefulStop.signal,
      },
      {
        policy: [{ ...parts.policy, match: anyJob }],
        requeuesPerMinute: parts.requeuesPerMinute,
        watch: { everyMinutes: 5, withoutEvents: [] },
        ...oneEnvironment,
      },
    );
  }

  #record(event: TelemetryEvent): void {
    switch (event.kind) {
      case 'decided':
        return this.#say(`tells that ${event.eventId} is ${event.decision}: ${event.reason}`);
      case 'run-ended':
        this.#say(`tells that the run is ${event.end}: ${event.reason}`);
        if (event.end === 'recovered') this.#parts.recovered();
        return;
      case 'announced':
        this.#say(`ANNOUNCES ${event.about}`);
        return this.#parts.announced(event);
      case 'warning':
      case 'error':
        return this.#say(event.message);
      default:
    }
  }

  get isWaiting(): boolean {
    return this.#gates.length > 0;
  }

  /** Lets the I/O that waited longest, or another, take place. */
  async goOn(fates: Fates, which = 0): Promise<void> {
    const index = which % Math.max(this.#gates.length, 1);
    const [gate] = this.#gates.splice(index, 1);
    if (!gate || this.isDead) return;
    this.#say(gate.what);
    gate.open(fates);
    await quiet();
  }

  die(): void {
    this.#say('DIES');
    this.isDead = true;
    this.#gates = [];
  }

  /** As on SIGTERM, when there is no time left. */
  stopForcefully(): void {
    this.#say('is asked to stop');
    this.#forcefulStop.abort();
  }

  /** From now on nothing holds it up, and nothing goes wrong. */
  async runFreely(): Promise<void> {
    this.#isFree = true;
    for (let turns = 0; this.#gates.length > 0 || this.underWay > 0; turns++) {
      for (const gate of this.#gates.splice(0)) gate.open(allWell);
      await quiet();
      if (turns > 500) throw new Error(`${this.name} does not come to an end.`);
    }
  }

  /** Starts something; `ended` is told of its result, never if the process dies meanwhile. */
  begin<Result>(work: () => Promise<Result>, ended: (result: Result | null) => void): Promise<void> {
    this.underWay += 1;
    const done = (result: Result | null) => {
      this.underWay -= 1;
      if (!this.isDead) ended(result);
    };
    void this.#finish(work, done);
    return quiet();
  }

  async #finish<Result>(work: () => Promise<Result>, done: (result: Result | null) => void): Promise<void> {
    try {
      done(await work());
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#say('finds the store unavailable');
      done(null);
    }
  }

  async #atStore<Result>(what: string, io: () => Promise<Result>): Promise<Result> {
    const { store } = await this.#turn(what);
    if (store === 'not done, no answer') {
      this.#say('… gets no answer; nothing was done');
      throw new StoreUnavailable('no answer');
    }
    const result = await io();
    if (store === 'done') return result;
    this.#say('… gets no answer, though it was done');
    throw new StoreUnavailable('no answer');
  }

  readonly #batchJobs: BatchJobs = {
    setToWaiting: async (_jobId, signal) => {
      await this.#turn('asks for a token', signal);
      if (signal.aborted) return notTakenBy('no token');
      const { request } = await this.#turn('sends the request', signal);
      if (request === 'no token' || request === 'no connection') return notTakenBy(request);
      const outcome = this.#parts.fno.setToWaiting(request);
      this.#say(`… ${request}; ${outcome.kind}`);
      const isLate = await this.#waitForAnswer('gets the answer', signal);
      return isLate
        ? { kind: 'unknown', serverError: false, gatewayFault: false, answer: outcome.answer }
        : outcome;
    },
    read: async (_jobId, signal) => {
      const { read } = await this.#turn('asks for the status', signal);
      const outcome = this.#parts.fno.read(read);
      const status = outcome.kind === 'found' ? outcome.observation.status : outcome.kind;
      this.#say(`… the status is ${status}`);
      const isLate = await this.#waitForAnswer('learns the status', signal);
      return isLate ? notTakenBy('unavailable') : outcome;
    },
    listByIds: () => Promise.resolve(notTakenBy('unavailable')),
    list: () => Promise.resolve(notTakenBy('unavailable')),
  };

  readonly #runSearch: RunSearch = {
    search: async (query, signal) => {
      const { read } = await this.#turn('searches for runs', signal);
      const found = this.#parts.fno.search(query, read);
      const what = found.kind === 'listed' ? found.jobs.map(({ status }) => status).join() : found.kind;
      this.#say(`… the search finds ${what || 'nothing'}`);
      const isLate = await this.#waitForAnswer('learns what was found', signal);
      return isLate ? notTakenBy('unavailable') : found;
    },
    findHistory: async (signal) => {
      const { read } = await this.#turn('asks for a batch history', signal);
      return signal.aborted ? notTakenBy('unavailable') : this.#parts.fno.findHistory(read);
    },
    history: async (_entity, query, signal) => {
      const { read } = await this.#turn('reads the batch history', signal);
      const found = this.#parts.fno.history(query, read);
      const what = found.kind === 'listed' ? found.rows.map(({ status }) => status).join() : found.kind;
      this.#say(`… the history has ${what || 'nothing'}`);
      return signal.aborted ? notTakenBy('unavailable') : found;
    },
  };

  async #waitForAnswer(what: string, signal: AbortSignal): Promise<boolean> {
    await this.#turn(what, signal);
    return signal.aborted;
  }

  /** Held up until told to go on, or until the signal aborts. The dead wait for ever. */
  #turn(what: string, signal?: AbortSignal): Promise<Fates> {
    if (this.isDead) return new Promise(() => undefined);
    if (this.#isFree || signal?.aborted) return Promise.resolve(allWell);
    return new Promise((resolve) => {
      const gate: Gate = { what, open: resolve };
      this.#gates.push(gate);
      signal?.addEventListener(
        'abort',
        () => {
          const index = this.#gates.indexOf(gate);
          if (index < 0 || this.isDead) return;
          this.#gates.splice(index, 1);
          this.#say(`${what}, but the time is over`);
          resolve({ ...allWell, request: 'not taken, answer lost' });
        },
        { once: true },
      );
    });
  }

  #say(line: string): void {
    this.#parts.say(`${this.name} ${line}`);
  }
}

/**
 * Resolves when all that could run has run: nothing here waits for anything but its turn, and a write for the end of
 * its turn, when it is committed with others.
 */
export async function quiet(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
