import { action } from '../policy/action.ts';
import { noAnswer, notTakenBy, notTakenFates } from '../policy/not-taken-by-fate.ts';
import { parseLosslessJson } from '../../src/events/lossless-json.ts';
import type { ReadOutcome, SetToWaitingOutcome } from '../../src/policy/outcome.ts';
import type { JobId } from '../../src/policy/job-id.ts';
import { BusinessEvents } from '../../src/sandbox/business-events.ts';
import { SimulatedBatchJobs } from '../../src/sandbox/simulated-batch-jobs.ts';
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

export type StartedBy = 'the service' | 'a person' | 'F&O';

/** A run that failed. */
export type FailedRun = {
  name: string;
  eventId: string;
  event: unknown;
  startedBy: StartedBy;
  acceptedRequeues: number;
};

/** One batch job in the sandbox's own state machine, without HTTP, and what is true of it whoever knows. */
export class ScenarioFno {
  readonly jobId: JobId;
  readonly failedRuns: FailedRun[] = [];
  /** What went wrong, by F&O's own books. */
  readonly violations: string[] = [];
  startedBy: StartedBy = 'F&O';
  /** Accepted requeues since the job last ran without error, was taken out or was quiet. */
  acceptedInEpisode = 0;
  /** A person started or took out the job since it last failed. */
  touchedByPerson = false;
  readonly #jobs: SimulatedBatchJobs;
  readonly #events = new BusinessEvents();
  readonly #clock: MachineClock;
  readonly #maxRetries: number;
  readonly #accepted: () => void;
  #endRun: (() => unknown) | null = null;
  #fails = true;

  constructor(
    jobId: JobId,
    clock: MachineClock,
    maxRetries: number,
    recurring: boolean,
    accepted: () => void,
  ) {
    this.#accepted = accepted;
    this.jobId = jobId;
    this.#clock = clock;
    this.#maxRetries = maxRetries;
    this.#jobs = new SimulatedBatchJobs(clock, {
      waiting: () => undefined,
      changed: () => undefined,
      requeued: () => undefined,
      requeueRefused: () => undefined,
    });
    this.#jobs.add({ jobId, description: 'Nightly posting', script: { kind: 'always-fail' }, recurring });
  }

  get status(): string {
    return this.#jobs.get(this.jobId).status;
  }

  start(): void {
    this.#endRun = this.#jobs.begin(this.jobId);
  }

  /** Ends the run; the name of the failure, or null if it went well or was interrupted. */
  end(fails: boolean): string | null {
    this.#jobs.setScript(this.jobId, { kind: fails ? 'always-fail' : 'succeed' });
    this.#fails = fails;
    const outcome = this.#endRun?.();
    this.#endRun = null;
    if (outcome === 'finished') {
      this.acceptedInEpisode = 0;
      this.startedBy = 'F&O';
    }
    if (outcome !== 'failed' || !this.#fails) return null;
    const name = `F${this.failedRuns.length + 1}`;
    const eventId = `00000000-0000-4000-8000-${String(this.failedRuns.length + 1).padStart(12, '0')}`;
    const { text } = this.#events.make('failed', this.#jobs.get(this.jobId), this.#clock.now());
    const json = parseLosslessJson(text.replace(/"EventId":"[^"]*"/, `"EventId":"${eventId}"`));
    if (!json.ok) throw new Error(json.reason);
    this.failedRuns.push({
      name,
      eventId,
      event: json.value,
      startedBy: this.startedBy,
      acceptedRequeues: 0,
    });
    this.touchedByPerson = false;
    return name;
  }

  /** A person sets the status in F&O's form. */
  setStatus(status: 'Waiting' | 'Canceled'): void {
    this.#jobs.setStatus(this.jobId, status);
    this.#endRun = null;
    this.touchedByPerson = true;
    this.startedBy = 'a person';
    // A failed job that a person restarts looks, to who did not hear of the failure, as a recurring one that ran well.
    this.acceptedInEpisode = 0;
  }

  restoreDatabase(): void {
    this.#events.goBack();
  }

  read(fate: ReadFate): ReadOutcome {
    if (fate !== 'found') return notTakenBy(fate);
    const { status, endedAt, description, legalEntity } = this.#jobs.get(this.jobId);
    const seconds = endedAt && new Date(Math.floor(endedAt.getTime() / 1000) * 1000);
    const observation = { status, endedAt: seconds, description, legalEntity };
    return { kind: 'found', observation, answer: noAnswer };
  }

  /** F&O acts, or does not; the outcome is what its client sees of that. */
  setToWaiting(fate: RequestFate): SetToWaitingOutcome {
    const isTaken = fate.startsWith('taken') && this.#accept();
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

  #accept(): boolean {
    const statusBefore = this.status;
    if (this.#jobs.setToWaiting(this.jobId).kind !== 'accepted') return false;
    this.#endRun = null;
    this.startedBy = this.touchedByPerson ? 'a person' : 'the service';
    const run = this.failedRuns.at(-1);
    if (run) run.acceptedRequeues += 1;
    this.acceptedInEpisode = this.touchedByPerson ? 0 : this.acceptedInEpisode + 1;
    this.#accepted();
    if (run && run.acceptedRequeues > 1 && !this.touchedByPerson)
      this.violations.push(`F&O accepted ${run.acceptedRequeues} requeues for ${run.name}`);
    if (statusBefore !== 'Error' && !this.touchedByPerson)
      this.violations.push(`a job that was ${statusBefore} was requeued`);
    if (this.acceptedInEpisode > this.#maxRetries)
      this.violations.push(`F&O accepted ${this.acceptedInEpisode} requeues in one episode`);
    return true;
  }
}
