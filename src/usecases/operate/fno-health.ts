import type { ReadOutcome, SetToWaitingOutcome } from '../../domain/outcome.ts';
import type { BatchJobs, ListOutcome } from '../../ports/batch-jobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FoundRuns, RunSearch } from '../../ports/run-search.ts';
import { failed, neverTried, type PartHealth, worked } from './part.ts';

/** The health of one environment, as this process sees it: of the sign-in, and of F&O itself. */
export type EnvironmentHealth = { signIn: PartHealth; fno: PartHealth };

/** Remembers, in this process, the outcome of the latest request to each environment. */
export class FnoHealth {
  readonly #clock: Clock;
  readonly #environments = new Map<string, EnvironmentHealth>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(environment: string): EnvironmentHealth {
    return this.#environments.get(environment) ?? { signIn: neverTried, fno: neverTried };
  }

  watch(batchJobs: (environment: string) => BatchJobs): (environment: string) => BatchJobs {
    return (environment) => {
      const watched = batchJobs(environment);
      const noted = <Outcome extends FnoOutcome>(asked: Promise<Outcome>) => this.#note(environment, asked);
      return {
        setToWaiting: (jobId, signal) => noted(watched.setToWaiting(jobId, signal)),
        read: (jobId, signal) => noted(watched.read(jobId, signal)),
        listByIds: (jobIds, signal) => noted(watched.listByIds(jobIds, signal)),
        list: (query, signal) => noted(watched.list(query, signal)),
      };
    };
  }

  watchSearch(runSearch: (environment: string) => RunSearch): (environment: string) => RunSearch {
    return (environment) => {
      const watched = runSearch(environment);
      return {
        search: (query, signal) => this.#note(environment, watched.search(query, signal)),
        // Many an F&O shows no batch history, or not to the service.
        findHistory: (signal) => watched.findHistory(signal),
        history: (entity, query, signal) => watched.history(entity, query, signal),
      };
    };
  }

  async #note<Outcome extends FnoOutcome>(environment: string, asked: Promise<Outcome>): Promise<Outcome> {
    const outcome = await asked;
    this.#environments.set(environment, afterOutcome(this.of(environment), outcome, this.#clock.now()));
    return outcome;
  }
}

type FnoOutcome = SetToWaitingOutcome | ReadOutcome | ListOutcome | FoundRuns;

/** The reasons are public: they hold codes, and no text from F&O or Entra ID. */
function afterOutcome(before: EnvironmentHealth, outcome: FnoOutcome, at: Date): EnvironmentHealth {
  const fnoFails = (reason: string): EnvironmentHealth => ({
    signIn: worked(at, before.signIn),
    fno: failed(at, reason),
  });
  switch (outcome.kind) {
    case 'taken':
    case 'found':
    case 'not-found':
    case 'listed':
      return { signIn: worked(at, before.signIn), fno: worked(at, before.fno) };
    case 'refused':
      return outcome.answer.isSuccess === false && outcome.answer.status === 200
        ? { signIn: worked(at, before.signIn), fno: worked(at, before.fno) }
        : fnoFails(`F&O answered ${httpOf(outcome)}.`);
    case 'sign-in-refused':
      return { ...before, signIn: failed(at, noToken(outcome.answer.message)) };
    case 'not-sent':
      if (outcome.cause === 'token')
        return { ...before, signIn: failed(at, noToken(outcome.answer.message)) };
      return outcome.cause === 'time'
        ? before
        : fnoFails(`F&O cannot be reached${codeIn(outcome.answer.message, /\bE[A-Z_]{4,}\b/)}.`);
    case 'unauthorized':
      return fnoFails(`F&O does not accept the token (${httpOf(outcome)}).`);
    case 'misconfigured':
      return fnoFails(`F&O refuses access, or its address is wrong (${httpOf(outcome)}).`);
    case 'throttled':
      return fnoFails(`F&O is throttling requests (${httpOf(outcome)}).`);
    case 'unavailable':
    case 'unknown':
      return fnoFails(`F&O gave no usable answer (${httpOf(outcome)}).`);
  }
}

function httpOf({ answer: { status } }: Extract<FnoOutcome, { answer: unknown }>): string {
  return status === null ? 'no answer' : `HTTP ${status}`;
}

function noToken(message: string | null): string {
  return `The service gets no token${codeIn(message, /\bAADSTS\d+\b/)}.`;
}

function codeIn(message: string | null, pattern: RegExp): string {
  const code = pattern.exec(message ?? '')?.[0];
  return code === undefined ? '' : `: ${code}`;
}
