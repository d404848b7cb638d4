import type { Worded } from '../../domain/cause/cause.ts';
import { chooseCause } from '../../domain/cause/choose-cause.ts';
import type { TextsOutcome } from '../../ports/failure-texts.ts';
import type { LookUp } from '../../ports/work-item.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import { askWithin } from '../engine/deadline.ts';
import type { Engine } from '../engine/run-job.ts';

export type Searched =
  | { kind: 'found'; worded: Worded }
  | { kind: 'nothing'; retryAfterMs: number | null }
  /** This process asks enough already, or the telemetry asked for a pause. */
  | { kind: 'busy'; forMs: number }
  /** The settings name no telemetry any more. */
  | { kind: 'never' };

/** How long one query may take, in ms: the worker that waits for it can do nothing else. */
const queryMs = 10_000;

/** How many queries of one environment a process sends at the same time: half of its workers are left for requeues. */
const maxAtOnce = 4;

/** How long a look-up waits for others, in ms: at least this, and so much more for each that waits already. */
const busyMs = 1000;
const busyForEachMs = 500;
const longestSpreadMs = 120_000;

/** A pause, in ms, where the telemetry throttles and names none. */
const throttledMs = 5000;

/** `waiting`: how many look-ups were sent away since no query was under way. */
type Traffic = { underWay: number; waiting: number; pausedUntil: Date | null };

/** Asks the telemetry of each environment for the texts of a run, few at a time, and not while it throttles. */
export class TextSearch {
  readonly #engine: Engine;
  readonly #traffic = new Map<string, Traffic>();
  /** The environments that this process has found to work since it last announced that they do not. */
  readonly #works = new Set<string>();
  /** Those of which this process has said that causes are found later. */
  readonly #warned = new Set<string>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async find({ environment, jobId, window }: BatchJobKey & Pick<LookUp, 'window'>): Promise<Searched> {
    const { clock, randomness, failureTexts, forcefulStop } = this.#engine.ports;
    const texts = failureTexts(environment);
    if (!texts) return { kind: 'never' };
    const traffic = this.#trafficOf(environment);
    const pauseMs = (traffic.pausedUntil?.getTime() ?? 0) - clock.now().getTime();
    if (pauseMs > 0 || traffic.underWay >= maxAtOnce) {
      traffic.waiting += 1;
      const spreadMs = Math.min(traffic.waiting * busyForEachMs, longestSpreadMs) * randomness.random();
      return { kind: 'busy', forMs: Math.round(Math.max(pauseMs, 0) + busyMs + spreadMs) };
    }
    if (traffic.underWay === 0) traffic.waiting = 0;
    traffic.underWay += 1;
    try {
      const outcome = await askWithin(clock, queryMs, forcefulStop, (signal) =>
        texts.find({ jobId, window }, signal),
      );
      return await this.#conclude(environment, traffic, outcome);
    } finally {
      traffic.underWay -= 1;
    }
  }

  async #conclude(environment: string, traffic: Traffic, outcome: TextsOutcome): Promise<Searched> {
    const { clock } = this.#engine.ports;
    switch (outcome.kind) {
      case 'found': {
        this.#warned.delete(environment);
        await this.#noteThatItWorks(environment);
        const worded = chooseCause(outcome.texts);
        return worded ? { kind: 'found', worded } : { kind: 'nothing', retryAfterMs: null };
      }
      case 'throttled': {
        const { retryAfterMs } = outcome;
        this.#warn(environment, outcome.message);
        traffic.pausedUntil = new Date(clock.now().getTime() + (retryAfterMs ?? throttledMs));
        return { kind: 'nothing', retryAfterMs };
      }
      case 'misconfigured':
        await this.#announce(environment, outcome.message);
        return { kind: 'nothing', retryAfterMs: null };
      case 'unavailable':
        this.#warn(environment, outcome.message);
        return { kind: 'nothing', retryAfterMs: null };
    }
  }

  /** Once, until the telemetry answers again. */
  #warn(environment: string, reason: string): void {
    if (this.#warned.has(environment)) return;
    this.#warned.add(environment);
    const message = `${environment}: the causes of failures are found later. ${reason}`;
    this.#engine.ports.telemetry.record({ kind: 'warning', message });
  }

  /** Once for all jobs and processes, until it works again. */
  async #announce(environment: string, reason: string): Promise<void> {
    const { gate, ports } = this.#engine;
    this.#works.delete(environment);
    if (!(await gate.mayAnnounceNoCauses(environment))) return;
    const nothing = { notificationId: null, episode: null, jobId: null };
    ports.telemetry.record({ kind: 'announced', about: 'no-causes', environment, reason, ...nothing });
  }

  async #noteThatItWorks(environment: string): Promise<void> {
    if (this.#works.has(environment)) return;
    await this.#engine.gate.noteCausesWork(environment);
    this.#works.add(environment);
  }

  #trafficOf(environment: string): Traffic {
    const known = this.#traffic.get(environment);
    if (known) return known;
    const traffic = { underWay: 0, waiting: 0, pausedUntil: null };
    this.#traffic.set(environment, traffic);
    return traffic;
  }
}
