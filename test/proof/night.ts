import { openSqlite } from '../../src/adapters/sqlite/open-sqlite.ts';
import { HttpSubscribers } from '../../src/adapters/subscribers/http-subscribers.ts';
import { addMs } from '../../src/domain/instants.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../src/domain/outcome.ts';
import type { RetryPolicy } from '../../src/domain/retry-policy/retry-policy.ts';
import { parseLosslessJson } from '../../src/events/lossless-json.ts';
import type { BatchJobs } from '../../src/ports/batch-jobs.ts';
import type { RunSearch } from '../../src/ports/run-search.ts';
import type { Store } from '../../src/ports/store.ts';
import { silentTelemetry, type TelemetryEvent } from '../../src/ports/telemetry.ts';
import type {
  BatchEventKind,
  BatchJobRun,
  NewBatchJob,
  SimulatedBatchJob,
} from '../../src/sandbox/batch-job.ts';
import { BusinessEvents } from '../../src/sandbox/business-events.ts';
import { clockAhead } from '../../src/sandbox/clock-ahead.ts';
import { SimulatedBatchJobs } from '../../src/sandbox/simulated-batch-jobs.ts';
import { createUseCases, type UseCases } from '../../src/usecases/use-cases.ts';
import { action } from '../domain/job/action.ts';
import { jobIdOf, policy as anyPolicy } from '../domain/job/builders.ts';
import { noAnswer } from '../domain/job/not-taken-by-fate.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { oneEnvironment } from './one-environment.ts';

export type NightSettings = {
  job: Omit<NewBatchJob, 'jobId' | 'description'>;
  policy?: Partial<RetryPolicy>;
  /** How late the nth event of a kind is, in ms; null: it is lost. At once unless set. */
  eventDelayMs?: (kind: BatchEventKind, nth: number) => number | null;
  /** What becomes of the nth request, from 1. Taken unless set. */
  requestFate?: (nth: number) => 'taken' | 'taken, answer lost' | 'not taken, answer lost';
  /** When F&O cannot be reached, in ms from the first failure. */
  down?: { fromMs: number; untilMs: number };
  runMs?: number;
  fnoClockAheadMs?: number;
};

/** A requeued or due job is started so late: the batch server looks once a minute. */
const pickupMs = 40_000;

const jobId = jobIdOf('5637144576');
const anyJob = { jobIds: '*', description: null, environment: null, legalEntity: null } as const;

/**
 * One batch job, in the sandbox's own F&O, and the real service on a store in memory, by one clock that jumps from
 * each instant at which something happens to the next: a day takes milliseconds.
 */
export class Night implements Disposable {
  readonly clock = new ManualClock();
  /** What was announced, and how runs ended. */
  readonly announced: string[] = [];
  readonly runEnds: string[] = [];
  readonly decisions: { eventId: string; decision: string; reason: string }[] = [];
  accepted = 0;
  /** What contradicts the promises, whatever the outcome. */
  readonly violations: string[] = [];
  readonly #settings: NightSettings;
  readonly #agenda: { atMs: number; act: () => Promise<void> | void }[] = [];
  readonly #jobs: SimulatedBatchJobs;
  readonly #events = new BusinessEvents();
  readonly #store: Store;
  readonly #useCases: UseCases;
  readonly #sent = new Map<BatchEventKind, number>();
  #requests = 0;
  #firstFailureMs: number | null = null;

  constructor(settings: NightSettings) {
    this.#settings = settings;
    const fnoClock = clockAhead(this.clock, settings.fnoClockAheadMs ?? 0);
    this.#jobs = new SimulatedBatchJobs(fnoClock, {
      waiting: (job, startsAt) => this.#planRun(job, startsAt),
      changed: (kind, job) => this.#sendEvent(kind, job),
      requeued: () => (this.accepted += 1),
    });
    this.#store = openSqlite(':memory:', this.clock);
    this.#useCases = this.#compose(this.#store);
    this.#jobs.add({ jobId, description: 'Nightly posting', ...settings.job });
  }

  get job(): SimulatedBatchJob {
    return this.#jobs.get(jobId);
  }

  /** Runs of the job that our requeues caused. */
  get ourRuns(): number {
    return this.job.runs.filter(({ cause }) => cause === 'requeue').length;
  }

  async retriesUsed(): Promise<number> {
    const { job } = await this.#store.ledger.read({ environment: 'default', jobId }, null);
    return job?.episode.retriesUsed ?? 0;
  }

  /** The job's last state, as people see it. */
  async state(): Promise<string> {
    return (await this.#useCases.readJobs.get({ environment: 'default', jobId }))?.state ?? 'no record';
  }

  /** Lets so much time pass, with all that happens in it. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#agenda.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!next || next.atMs > endMs) break;
      this.#agenda.splice(this.#agenda.indexOf(next), 1);
      await this.clock.advance(Math.max(0, next.atMs - this.#nowMs));
      await next.act();
    }
    await this.clock.advance(endMs - this.#nowMs);
  }

  [Symbol.dispose](): void {
    this.#store.close();
  }

  get #nowMs(): number {
    return this.clock.now().getTime();
  }

  #at(atMs: number, act: () => Promise<void> | void): void {
    this.#agenda.push({ atMs, act });
  }

  #planRun(job: SimulatedBatchJob, startsAt: Date): void {
    const ticket = this.#jobs.ticket(jobId);
    const dueMs = startsAt.getTime() - (this.#settings.fnoClockAheadMs ?? 0);
    this.#at(Math.max(dueMs, this.#nowMs) + pickupMs, () => {
      if (!this.#jobs.unchangedSince(jobId, ticket)) return;
      const before = [...job.runs];
      const end = this.#jobs.begin(jobId);
      this.#checkRun(before, job.runs.at(-1)?.cause === 'requeue');
      this.#at(this.#nowMs + (this.#settings.runMs ?? 180_000), () => void end());
    });
  }

  /** Between two runs of ours there is a failure: what ended well is not run again. */
  #checkRun(runs: readonly BatchJobRun[], isOurs: boolean): void {
    if (!isOurs || runs.at(-1)?.outcome === 'failed') return;
    this.violations.push(`a requeue ran the job again after it ${runs.at(-1)?.outcome ?? 'never ran'}`);
  }

  #sendEvent(kind: BatchEventKind, job: SimulatedBatchJob): void {
    if (kind === 'failed') this.#firstFailureMs ??= this.#nowMs;
    if (!job.sends.includes(kind)) return;
    const nth = (this.#sent.get(kind) ?? 0) + 1;
    this.#sent.set(kind, nth);
    const delayMs = (this.#settings.eventDelayMs ?? (() => 0))(kind, nth);
    const { text } = this.#events.make(
      kind,
      job,
      clockAhead(this.clock, this.#settings.fnoClockAheadMs ?? 0).now(),
    );
    const json = parseLosslessJson(text);
    if (delayMs === null || !json.ok) return;
    this.#at(this.#nowMs + delayMs, async () => {
      const event = { environment: 'default', value: json.value, via: 'flat' } as const;
      const [received] = await this.#useCases.receiveEvents([event]);
      if (received?.kind !== 'decided') this.violations.push(`an event was answered ${received?.kind}`);
    });
  }

  get #isDown(): boolean {
    const { down } = this.#settings;
    if (!down || this.#firstFailureMs === null) return false;
    const sinceMs = this.#nowMs - this.#firstFailureMs;
    return sinceMs >= down.fromMs && sinceMs < down.untilMs;
  }

  readonly #batchJobs: BatchJobs = {
    read: () => Promise.resolve(this.#read()),
    setToWaiting: () => Promise.resolve(this.#setToWaiting()),
    listByIds: () => Promise.resolve({ kind: 'not-sent', cause: 'connection', answer: noAnswer }),
    list: () => Promise.resolve({ kind: 'not-sent', cause: 'connection', answer: noAnswer }),
  };

  readonly #runSearch: RunSearch = {
    search: () => Promise.resolve({ kind: 'not-sent', cause: 'connection', answer: noAnswer }),
    findHistory: () => Promise.resolve({ kind: 'listed', entity: null, isCertain: true }),
    history: () => Promise.resolve({ kind: 'not-sent', cause: 'connection', answer: noAnswer }),
  };

  #read(): ReadOutcome {
    if (this.#isDown) return { kind: 'not-sent', cause: 'connection', answer: noAnswer };
    const { recurrence, description, legalEntity } = this.job;
    const { status, startedAt, endedAt, scheduledAt } = this.job.shown;
    const observation = {
      status,
      startedAt: seconds(startedAt),
      endedAt: seconds(endedAt),
      scheduledAt: seconds(scheduledAt),
      isRecurring: recurrence !== null,
      readAt: seconds(clockAhead(this.clock, this.#settings.fnoClockAheadMs ?? 0).now()),
      description,
      legalEntity,
    };
    return { kind: 'found', observation, answer: noAnswer };
  }

  #setToWaiting(): SetToWaitingOutcome {
    if (this.#isDown) return { kind: 'not-sent', cause: 'connection', answer: noAnswer };
    const fate = (this.#settings.requestFate ?? (() => 'taken' as const))(++this.#requests);
    const { status } = this.job;
    if (status === 'Executing' || status === 'Finished')
      this.violations.push(`a job that was ${status} was requeued`);
    const isAccepted =
      fate !== 'not taken, answer lost' && this.#jobs.setToWaiting(jobId).kind === 'accepted';
    if (fate !== 'taken')
      return { kind: 'unknown', serverError: false, gatewayFault: false, answer: noAnswer };
    const answer = { status: 200, isSuccess: isAccepted, message: null };
    return { kind: isAccepted ? 'taken' : 'refused', action, answer };
  }

  #compose(store: Store): UseCases {
    let ids = 0;
    const poll = async () => {
      while ((await this.#useCases.pollWorkQueue()) > 0);
    };
    const pollIn = (delayMs: number) => this.#at(this.#nowMs + Math.max(0, Math.ceil(delayMs)), poll);
    const enqueue: Store['queue']['enqueue'] = async (item, options = {}) => {
      await store.queue.enqueue(item, options);
      pollIn(options.delayMs ?? item.dueAt.getTime() - this.#nowMs);
    };
    const postpone: Store['queue']['postpone'] = async (received, delayMs, item) => {
      await store.queue.postpone(received, delayMs, item);
      pollIn(delayMs);
    };
    return createUseCases(
      {
        ledger: store.ledger,
        queue: {
          enqueue,
          receive: (limit) => store.queue.receive(limit),
          complete: (received) => store.queue.complete(received),
          postpone,
          deadLetter: (item, raw, reason) => store.queue.deadLetter(item, raw, reason),
          listDeadLetters: (limit) => store.queue.listDeadLetters(limit),
          proveWritable: () => store.queue.proveWritable(),
        },
        subscriptions: store.subscriptions,
        runs: store.runs,
        runSearch: () => this.#runSearch,
        causes: store.causes,
        failureTexts: () => null,
        subscribers: new HttpSubscribers([], this.clock),
        batchJobs: () => this.#batchJobs,
        clock: this.clock,
        randomness: { random: () => 0.5, uuid: () => `id-${++ids}` },
        telemetry: { ...silentTelemetry, record: (event) => this.#record(event) },
        forcefulStop: new AbortController().signal,
      },
      {
        policy: [
          {
            ...anyPolicy,
            maxRetries: 5,
            resetAfterMs: 12 * 3_600_000,
            ...this.#settings.policy,
            match: anyJob,
          },
        ],
        requeuesPerMinute: 60,
        watch: { everyMinutes: null, withoutEvents: [] },
        ...oneEnvironment,
      },
    );
  }

  #record(event: TelemetryEvent): void {
    switch (event.kind) {
      case 'decided': {
        const { eventId, decision, reason } = event;
        if (eventId !== null) this.decisions.push({ eventId, decision, reason });
        return;
      }
      case 'run-ended':
        return this.#noteEnd(event.end);
      case 'announced':
        this.announced.push(event.about);
        return;
      case 'error':
        this.violations.push(`${event.message} ${String(event.error)}`);
        return;
      default:
    }
  }

  #noteEnd(end: string): void {
    this.runEnds.push(end);
    const hasFinished = this.job.runs.some(({ outcome }) => outcome === 'finished');
    if (end === 'recovered' && !hasFinished)
      this.violations.push('recovered was announced of a job that did not');
  }
}

function seconds(time: Date | null): Date | null {
  return time && addMs(time, -(time.getTime() % 1000));
}
