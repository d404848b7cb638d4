import type { JobId } from '../../src/domain/job-id.ts';
import type { Observation, ReadOutcome, SetToWaitingOutcome } from '../../src/domain/outcome.ts';
import type { HistoryEntity } from '../../src/domain/watch/watch-state.ts';
import { parseLosslessJson } from '../../src/events/lossless-json.ts';
import type {
  FoundHistory,
  FoundRows,
  FoundRuns,
  HistoryQuery,
  RunQuery,
} from '../../src/ports/run-search.ts';
import type { SimulatedBatchJob } from '../../src/sandbox/batch-job.ts';
import { BusinessEvents } from '../../src/sandbox/business-events.ts';
import type { JobTraits } from '../../src/sandbox/job-traits.ts';
import { SimulatedBatchJobs } from '../../src/sandbox/simulated-batch-jobs.ts';
import { action } from '../domain/job/action.ts';
import { noAnswer, notTakenBy, notTakenFates } from '../domain/job/not-taken-by-fate.ts';
import type { MachineClock } from './scenario-clock.ts';

/** What the network, the token endpoint and F&O make of one request. */
export const requestFates = [
  'taken',
  'refused',
  ...notTakenFates,
  'taken, answer lost',
  'not taken, answer lost',
  'taken, HTTP 500',
  'not taken, HTTP 500',
] as const;
export type RequestFate = (typeof requestFates)[number];

export const readFates = ['found', 'throttled', 'unavailable', 'no token'] as const;
export type ReadFate = (typeof readFates)[number];

export type JobSettings = {
  everyMs: number | null;
  traits: Partial<JobTraits>;
  /** Whether F&O shows its batch history. */
  hasHistory: boolean;
};

/** Which names it has does not matter here. */
const anEntity: HistoryEntity = {
  set: 'BatchJobHistories',
  jobId: 'BatchJobID',
  status: 'Status',
  start: 'StartDateTime',
  end: 'EndDateTime',
  description: null,
  legalEntity: null,
};

/** A run that failed. */
export type FailedRun = {
  name: string;
  eventId: string;
  event: unknown;
  /** Whether our requeue caused it. */
  isOurs: boolean;
  acceptedRequeues: number;
  /** Runs that our requeues caused after it, before the next failure. */
  ourRuns: number;
  /** Whether its event reached the service, as far as F&O knows. */
  isHeard: boolean;
  endedAt: Date;
};

/** One batch job in the sandbox's own state machine, without HTTP, and what is true of it whoever knows. */
export class ScenarioFno {
  readonly jobId: JobId;
  readonly failedRuns: FailedRun[] = [];
  /** Finished events, the latest last. */
  readonly finished: unknown[] = [];
  /** What went wrong, by F&O's own books. */
  readonly violations: string[] = [];
  /** Runs without error that were not announced as recovered. */
  timelessSuccesses = 0;
  /** Runs that our requeues caused since the job last ran without error, was taken out, or went unheard twice. */
  ourRunsInEpisode = 0;
  /** Somebody else changed the job since it last failed, or since the service last read it. */
  #isTouched = false;
  #unheardRuns = 0;
  #hasChangedSinceRead = false;
  readonly #jobs: SimulatedBatchJobs;
  readonly #events = new BusinessEvents();
  readonly #clock: MachineClock;
  readonly #maxRetries: number;
  readonly #hasHistory: boolean;
  readonly #accepted: () => void;
  #endRun: (() => unknown) | null = null;

  constructor(
    jobId: JobId,
    clock: MachineClock,
    maxRetries: number,
    { everyMs, traits, hasHistory }: JobSettings,
    accepted: () => void,
  ) {
    this.#accepted = accepted;
    this.#hasHistory = hasHistory;
    this.jobId = jobId;
    this.#clock = clock;
    this.#maxRetries = maxRetries;
    this.#jobs = new SimulatedBatchJobs(clock);
    const recurrence = everyMs === null ? {} : { recurrence: { everyMs } };
    const script = { kind: 'always-fail' } as const;
    this.#jobs.add({ jobId, description: 'Nightly posting', script, traits, ...recurrence });
  }

  /** How long ago its latest failed run ended, in ms. */
  get failedAgoMs(): number {
    const last = this.failedRuns.at(-1);
    return last ? this.#clock.now().getTime() - last.endedAt.getTime() : Infinity;
  }

  get isGone(): boolean {
    return this.#jobs.find(this.jobId) === null;
  }

  get status(): string {
    return this.#jobs.find(this.jobId)?.status ?? 'gone';
  }

  get isDue(): boolean {
    return !this.isGone && this.#jobs.isDue(this.jobId);
  }

  /** How long until the scheduled start of a recurring job that waits, in ms; null if there is none. */
  get untilScheduledMs(): number | null {
    const job = this.#jobs.find(this.jobId);
    if (!job?.recurrence || job.status !== 'Waiting' || this.isDue) return null;
    const { everyMs, firstAt } = job.recurrence;
    const sinceMs = this.#clock.now().getTime() - firstAt.getTime();
    return everyMs - (sinceMs % everyMs);
  }

  start(): void {
    this.#endRun = this.#jobs.begin(this.jobId);
    this.#hasChangedSinceRead = true;
    const last = this.failedRuns.at(-1);
    const isOurs = this.#jobs.get(this.jobId).runs.at(-1)?.cause === 'requeue';
    if (!isOurs || this.#isTouched) return;
    this.ourRunsInEpisode += 1;
    if (last) last.ourRuns += 1;
    if (last && last.ourRuns > this.#mostRunsAFailure) {
      this.violations.push(`${last.ourRuns} runs were caused for ${last.name}`);
    }
    if (this.ourRunsInEpisode > this.#maxRetries)
      this.violations.push(`${this.ourRunsInEpisode} runs were caused in one episode`);
  }

  /** A lost answer's run that is over before the job is read leaves no trace where F&O tells no times of runs. */
  get #mostRunsAFailure(): number {
    const { recurrence, traits } = this.#jobs.get(this.jobId);
    return recurrence && (traits.times === 'cleared' || !traits.entityTellsTimes) ? 2 : 1;
  }

  /** Ends the run; the name of the failure, or null if it went well or was interrupted. */
  end(fails: boolean): string | null {
    if (this.isGone) return null;
    this.#jobs.setScript(this.jobId, { kind: fails ? 'always-fail' : 'succeed' });
    const outcome = this.#endRun?.();
    this.#endRun = null;
    if (outcome === undefined || outcome === 'interrupted') return null;
    this.#hasChangedSinceRead = true;
    const job = this.#jobs.get(this.jobId);
    if (outcome === 'finished') {
      this.ourRunsInEpisode = 0;
      this.timelessSuccesses += 1;
      this.finished.push(parse(this.#events.make('finished', job, this.#clock.now()).text));
      return null;
    }
    const isOurs = job.runs.at(-1)?.cause === 'requeue';
    const name = `F${this.failedRuns.length + 1}`;
    const eventId = `00000000-0000-4000-8000-${String(this.failedRuns.length + 1).padStart(12, '0')}`;
    const { text } = this.#events.make('failed', job, this.#clock.now());
    const event = parse(text.replace(/"EventId":"[^"]*"/, `"EventId":"${eventId}"`));
    this.#noteUnheard();
    const run = {
      name,
      eventId,
      event,
      isOurs,
      acceptedRequeues: 0,
      ourRuns: 0,
      isHeard: false,
      endedAt: this.#clock.now(),
    };
    this.failedRuns.push(run);
    this.#isTouched = false;
    return name;
  }

  /** Two runs in a row that the service has not heard of begin a new episode: it cannot tell that they failed. */
  #noteUnheard(): void {
    this.#unheardRuns = this.failedRuns.at(-1)?.isHeard ? 0 : this.#unheardRuns + 1;
    if (this.#unheardRuns >= 1 && this.failedRuns.length > 0) this.ourRunsInEpisode = 0;
  }

  /** A person sets the status in F&O's form. */
  setStatus(status: 'Waiting' | 'Canceled'): void {
    this.#jobs.setStatus(this.jobId, status);
    this.#endRun = null;
    this.#isTouched = true;
    this.ourRunsInEpisode = 0;
  }

  vanish(): void {
    this.#jobs.vanish(this.jobId);
    this.#endRun = null;
  }

  restoreDatabase(): void {
    this.#events.goBack();
  }

  read(fate: ReadFate): ReadOutcome {
    if (fate !== 'found') return notTakenBy(fate);
    const job = this.#jobs.find(this.jobId);
    if (!job) return { kind: 'not-found', answer: { ...noAnswer, status: 404 } };
    this.#hasChangedSinceRead = false;
    return { kind: 'found', observation: this.#show(job), answer: noAnswer };
  }

  /** What a search of the watch finds. It proves nothing to the service that a request needs. */
  search({ endedFrom, madeByCode = false }: RunQuery, fate: ReadFate): FoundRuns {
    if (fate !== 'found') return notTakenBy(fate);
    const job = this.#jobs.find(this.jobId);
    const found = job && !madeByCode ? [{ jobId: this.jobId, ...this.#show(job) }] : [];
    const jobs = found.filter(({ endedAt }) => endedAt !== null && endedAt >= endedFrom);
    return { kind: 'listed', jobs, isCut: false, readAt: seconds(this.#clock.now()) };
  }

  findHistory(fate: ReadFate): FoundHistory {
    if (fate !== 'found') return notTakenBy(fate);
    return { kind: 'listed', entity: this.#hasHistory ? anEntity : null, isCertain: true };
  }

  history({ endedFrom }: HistoryQuery, fate: ReadFate): FoundRows {
    if (fate !== 'found') return notTakenBy(fate);
    const rows = this.#jobs.history().map((row) => ({
      ...row,
      jobId: this.jobId,
      startedAt: seconds(row.startedAt),
      endedAt: seconds(row.endedAt) ?? row.endedAt,
    }));
    return { kind: 'listed', rows: rows.filter(({ endedAt }) => endedAt >= endedFrom), isCut: false };
  }

  #show(job: SimulatedBatchJob): Observation {
    const { recurrence, description, legalEntity } = job;
    const { status, startedAt, endedAt, scheduledAt } = job.shown;
    return {
      status,
      startedAt: seconds(startedAt),
      endedAt: seconds(endedAt),
      scheduledAt: seconds(scheduledAt),
      isRecurring: recurrence !== null,
      readAt: seconds(this.#clock.now()),
      description,
      legalEntity,
    };
  }

  /** F&O acts, or does not; the outcome is what its client sees of that. */
  setToWaiting(fate: RequestFate): SetToWaitingOutcome {
    const isTaken = fate.startsWith('taken') && this.#accept();
    // Where F&O tells nothing of the latest run, nobody can tell whether such a request arrived.
    if (isTaken && fate !== 'taken' && !this.#tellsRuns) this.#isTouched = true;
    switch (fate) {
      case 'taken':
        return isTaken
          ? { kind: 'taken', action, answer: { ...noAnswer, status: 200, isSuccess: true } }
          : { kind: 'refused', action, answer: { ...noAnswer, status: 200, isSuccess: false } };
      case 'refused':
        return { kind: 'refused', action, answer: { ...noAnswer, status: 200, isSuccess: false } };
      case 'taken, answer lost':
      case 'not taken, answer lost':
        return { kind: 'unknown', serverError: false, gatewayFault: false, answer: noAnswer };
      case 'taken, HTTP 500':
      case 'not taken, HTTP 500':
        return {
          kind: 'unknown',
          serverError: true,
          gatewayFault: false,
          answer: { ...noAnswer, status: 500 },
        };
      default:
        return notTakenBy(fate);
    }
  }

  get #tellsRuns(): boolean {
    const { times, entityTellsTimes } = this.#jobs.get(this.jobId).traits;
    return times === 'kept' && entityTellsTimes;
  }

  #accept(): boolean {
    const statusBefore = this.status;
    if (this.#hasChangedSinceRead) this.#isTouched = true;
    if (this.#jobs.setToWaiting(this.jobId).kind !== 'accepted') return false;
    if (statusBefore === 'Executing') this.#endRun = null;
    const run = this.failedRuns.at(-1);
    if (run) run.acceptedRequeues += 1;
    this.#accepted();
    if (this.#isTouched) return true;
    const isRecurring = this.#jobs.get(this.jobId).recurrence !== null;
    if (!isRecurring && run && run.acceptedRequeues > 1)
      this.violations.push(`F&O accepted ${run.acceptedRequeues} requeues for ${run.name}`);
    if (statusBefore !== 'Error' && !(isRecurring && statusBefore === 'Waiting'))
      this.violations.push(`a job that was ${statusBefore} was requeued`);
    return true;
  }
}

function seconds(time: Date | null): Date | null {
  return time && new Date(Math.floor(time.getTime() / 1000) * 1000);
}

function parse(text: string): unknown {
  const json = parseLosslessJson(text);
  if (!json.ok) throw new Error(json.reason);
  return json.value;
}
