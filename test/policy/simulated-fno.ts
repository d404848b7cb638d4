import { action } from './action.ts';
import type { Failure } from '../../src/policy/failure.ts';
import type { Observation, SetToWaitingOutcome } from '../../src/policy/outcome.ts';
import type { Progress } from '../../src/policy/take-progress.ts';
import { jobId } from './builders.ts';
import { noAnswer, notTakenBy, notTakenFates } from './not-taken-by-fate.ts';

/** What the network and F&O make of one SetBatchJobToWaiting request. */
export const requestFates = [
  'taken',
  'refused',
  ...notTakenFates,
  'answer lost, taken',
  'answer lost, not taken',
  'HTTP 500, taken',
  'HTTP 500, not taken',
] as const;

export type RequestFate = (typeof requestFates)[number];

/** `runEndedAt` is the end of the latest run that the service knew of. */
type Accepted = { eventId: string; episode: number; runEndedAt: Date | null; token: string };

export type FnoTraits = {
  /** How far its clock is ahead of the service's. */
  skewMs: number;
  /** Whether the entity rounds up a second that the event cut off. */
  roundsEndsUp: boolean;
  /** Whether the job is Waiting, not Finished, once it ran without error. */
  isRecurring: boolean;
  /** Whether its events say when the run ended. */
  eventsTellEnds: boolean;
  /** Whether its entity says when the last run ended. */
  entityTellsEnds: boolean;
};

type ProgressEvent = { progress: Progress; event: Failure };

/** One batch job as F&O sees it: a small model that shares nothing with the code under test. */
export class SimulatedFno {
  status: 'Waiting' | 'Executing' | 'Error' | 'Finished' | 'Canceled' = 'Finished';
  /** By F&O's clock, to the second; null before the first run. */
  endedAt: Date | null = null;
  /** In the order in which the runs failed. */
  readonly failures: Failure[] = [];
  readonly progress: ProgressEvent[] = [];
  readonly accepted: Accepted[] = [];
  /** Every sending of a request that a person asked for, by its event id, accepted or not. */
  readonly sentByHand: string[] = [];
  /** What happened to the job, and to its follow-up, since a requeue was accepted last; null if none was. */
  sinceAccepted: string[] | null = null;
  /** Whether anybody but the service made the job run. */
  ranForOthers = false;
  readonly #traits: FnoTraits;
  #controlNumber = 1000n;

  constructor(traits: FnoTraits) {
    this.#traits = traits;
  }

  start(nowMs: number): void {
    this.status = 'Executing';
    this.#tell('started', nowMs);
  }

  end(outcome: 'fails' | 'finishes' | 'is canceled', nowMs: number): void {
    const wasWaiting = this.status === 'Waiting' || this.status === 'Executing';
    if (this.endedAt && !wasWaiting) this.ranForOthers = true;
    this.endedAt = new Date(Math.floor((nowMs + this.#traits.skewMs) / 1000) * 1000);
    this.sinceAccepted?.push(outcome);
    if (outcome === 'finishes') {
      this.status = this.#traits.isRecurring ? 'Waiting' : 'Finished';
      if (this.#traits.isRecurring) this.ranForOthers = true;
      this.#tell('finished', nowMs);
    } else if (outcome === 'is canceled') {
      this.status = 'Canceled';
      this.#tell('canceled', nowMs);
    } else {
      this.status = 'Error';
      this.failures.push(this.#event(`failure ${this.failures.length + 1}`));
    }
  }

  /** A person starts the job once more. */
  restart(): void {
    this.status = 'Waiting';
    this.ranForOthers = true;
    this.sinceAccepted?.push('is restarted');
  }

  restoreDatabase(numbersBack: number): void {
    this.#controlNumber -= BigInt(numbersBack);
  }

  read(): Observation {
    const { status } = this;
    const endedAt = this.#traits.entityTellsEnds ? this.endedAt : null;
    const said = { status, description: 'Nightly posting', legalEntity: 'USMF' };
    if (!endedAt || !this.#traits.roundsEndsUp) return { ...said, endedAt };
    return { ...said, endedAt: new Date(endedAt.getTime() + 1000) };
  }

  setToWaiting(fate: RequestFate, request: Accepted & { isByHand: boolean }): SetToWaitingOutcome {
    const { eventId } = request;
    if (request.isByHand || this.sentByHand.includes(eventId)) this.sentByHand.push(eventId);
    if (request.isByHand && this.status === 'Executing') return outcomeOf('refused');
    if (fate === 'taken' || fate.endsWith(', taken')) {
      if (!request.isByHand) this.accepted.push(request);
      this.status = 'Waiting';
      const isOldNews = this.endedAt !== null && (request.runEndedAt ?? 0) < this.endedAt;
      this.sinceAccepted = isOldNews ? ['was requeued on old news'] : [];
    }
    return outcomeOf(fate);
  }

  #tell(progress: Progress, nowMs: number): void {
    const event = this.#event(`event ${this.progress.length + 1}, ${progress}`);
    const startedAt = new Date(nowMs + this.#traits.skewMs);
    this.progress.push({
      progress,
      event: progress === 'started' ? { ...event, endedAt: startedAt } : event,
    });
  }

  #event(eventId: string): Failure {
    this.#controlNumber += 3n;
    return {
      eventId,
      jobId,
      description: 'Nightly posting',
      legalEntity: 'USMF',
      endedAt: this.#traits.eventsTellEnds ? this.endedAt : null,
      controlNumber: String(this.#controlNumber),
    };
  }
}

function outcomeOf(fate: RequestFate): SetToWaitingOutcome {
  switch (fate) {
    case 'taken':
      return { kind: 'taken', action, answer: { ...noAnswer, status: 200, isSuccess: true } };
    case 'refused':
      return { kind: 'refused', action, answer: { ...noAnswer, status: 200, isSuccess: false } };
    case 'answer lost, taken':
    case 'answer lost, not taken':
      return { kind: 'unknown', serverError: false, gatewayFault: false, answer: noAnswer };
    case 'HTTP 500, taken':
    case 'HTTP 500, not taken':
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
