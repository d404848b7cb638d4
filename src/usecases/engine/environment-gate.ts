import type { FnoOutcome } from '../../domain/environment/circuit-breaker.ts';
import {
  changesState,
  claimSetupProblem,
  type Denied,
  type EnvironmentState,
  freshState,
  noteCausesWork,
  noteEventId,
  noteNoCauses,
  applyOutcome,
  type PermitBlock,
  takePermits,
} from '../../domain/environment/environment-state.ts';
import { timesThatDiffer } from '../../domain/environment/times-that-differ.ts';
import type { NotRead } from '../../domain/job/job-event.ts';
import type { Observation, ReadOutcome } from '../../domain/outcome.ts';
import { type BatchJobKey, StoreUnavailable } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Deadline } from './deadline.ts';
import { HeldPermits } from './held-permits.ts';
import { ReadTogether } from './read-together.ts';

/** How long a requeue waits when too many acquire a permit at the same moment, in ms. */
const contentionMs = 2000;

type BreakerOpen = Extract<NotRead, { kind: 'breaker-open' }>;

/** A permit to send one requeue. `breaker` is its state at the grant; `lapsesAtMs` names the block of the permit. */
export type Permit = { kind: 'granted'; breaker: EnvironmentState['breaker']; lapsesAtMs: number } | Denied;

type Change<Result> = (state: EnvironmentState | null) => { state: EnvironmentState; result: Result };

/** A change to write, and how to answer the caller that wants it. */
type Wanted = {
  apply: (state: EnvironmentState | null) => EnvironmentState;
  settle: (isWritten: boolean) => void;
  reject: (error: unknown) => void;
};

/**
 * Guards the F&O environments with the circuit breaker and the rate limit, which all processes share in the store.
 * The breaker as this process last saw it holds back reads from an environment that is down. While it is closed, a
 * process takes permits in blocks, so that few requeues write the shared state.
 */
export class EnvironmentGate {
  readonly #ports: Ports;
  readonly #requeuesPerMinute: number;
  readonly #lastSeen = new Map<string, EnvironmentState>();
  readonly #warnedOfTimes = new Set<string>();
  readonly #held = new HeldPermits();
  readonly #together = new ReadTogether({
    readOne: (key, deadline) => this.read(key, deadline),
    list: (environment, jobIds, deadline) =>
      this.search(environment, () =>
        deadline.ask((signal) => this.#ports.batchJobs(environment).listByIds(jobIds, signal)),
      ),
  });
  /** The blocks that this process is taking. */
  readonly #taking = new Map<string, Promise<unknown>>();
  /** The changes that wait while a write of their environment is under way. */
  readonly #waiting = new Map<string, Wanted[]>();

  constructor(ports: Ports, requeuesPerMinute: number) {
    this.#ports = ports;
    this.#requeuesPerMinute = requeuesPerMinute;
  }

  /** Reads a job, unless no time is left or the breaker is open. Never rejects. */
  async read({ environment, jobId }: BatchJobKey, deadline: Deadline): Promise<ReadOutcome | NotRead> {
    if (!deadline.canCallFno()) return { kind: 'out-of-time' };
    return this.ask(environment, () =>
      deadline.ask((signal) => this.#ports.batchJobs(environment).read(jobId, signal)),
    );
  }

  /**
   * Reads a job as `read` does, but by one query with the others of its environment whose reads are asked for at the
   * same time: for work that was due together.
   */
  readTogether(key: BatchJobKey, deadline: Deadline): Promise<ReadOutcome | NotRead> {
    return this.#together.read(key, deadline);
  }

  /** Asks F&O something that changes nothing, unless the breaker is open. Its answer counts for the breaker as a read. */
  async ask<Answer extends FnoOutcome>(
    environment: string,
    question: () => Promise<Answer>,
  ): Promise<Answer | BreakerOpen> {
    const { breaker } = this.#seen(environment);
    const answer = await this.search(environment, question);
    if ('until' in answer) return answer;
    await this.recordOutcome(environment, breaker, 'read', answer);
    return answer;
  }

  /**
   * Lets the watch search F&O, unless the breaker is open. Its answer does not count: a search that takes too long must
   * hold back no requeue.
   */
  async search<Answer extends object>(
    environment: string,
    question: () => Promise<Answer>,
  ): Promise<Answer | BreakerOpen> {
    const { openUntil } = this.#seen(environment).breaker;
    const isOpen = openUntil !== null && openUntil > this.#ports.clock.now();
    return isOpen ? { kind: 'breaker-open', until: openUntil } : question();
  }

  /** Warns, once per environment and process, if its times differ from ours or among themselves. */
  warnOfTimes(environment: string, observed: Observation, failedRunEndedAt: Date | null): void {
    const warning = timesThatDiffer(observed, failedRunEndedAt, this.#ports.clock.now());
    if (warning === null || this.#warnedOfTimes.has(environment)) return;
    this.#warnedOfTimes.add(environment);
    this.#ports.telemetry.record({ kind: 'warning', message: `${environment}: ${warning}` });
  }

  /** Acquires a permit to send one requeue. Never rejects: if the store cannot be reached, the requeue waits. */
  async acquirePermit(environment: string): Promise<Permit> {
    for (;;) {
      const { breaker } = this.#seen(environment);
      const isClosed = breaker.openUntil === null;
      const lapsesAtMs = isClosed ? this.#held.spend(environment, this.#ports.clock.uptimeMs()) : null;
      if (lapsesAtMs !== null) return { kind: 'granted', breaker, lapsesAtMs };
      const taking = this.#taking.get(environment);
      if (!taking) return this.#takeBlock(environment);
      await taking;
    }
  }

  /** Takes back the permit of a request that was not sent, for another request of this process. */
  returnPermit(environment: string, permit: Permit): void {
    if (permit.kind === 'granted') this.#held.giveBack(environment, permit.lapsesAtMs);
  }

  /** Records an outcome in the breaker, if it changes the state that `breaker` shows. */
  async recordOutcome(
    environment: string,
    breaker: EnvironmentState['breaker'],
    of: 'read' | 'request',
    outcome: FnoOutcome,
  ): Promise<void> {
    const now = this.#ports.clock.now();
    if (!changesState({ ...this.#seen(environment), breaker }, of, outcome, now)) return;
    await this.#update(environment, (state) => ({
      state: applyOutcome(state, breaker, of, outcome, now),
      result: null,
    }));
  }

  /** Whether this notification is the one that announces the environment's wrong set-up. */
  async mayAnnounceSetupProblem(environment: string, notificationId: string): Promise<boolean> {
    return this.#claim(environment, (state, now) => claimSetupProblem(state, notificationId, now));
  }

  /** Whether to announce an unknown BusinessEventId: once each. */
  async mayAnnounceEventId(environment: string, id: string): Promise<boolean> {
    if (this.#seen(environment).announcedEventIds.includes(id)) return false;
    return this.#claim(environment, (state, now) => noteEventId(state, id, now));
  }

  /** Takes a block, spends one permit of it, and holds the others. Meanwhile other requeues of this process wait. */
  async #takeBlock(environment: string): Promise<Permit> {
    const { clock } = this.#ports;
    const uptimeMs = clock.uptimeMs();
    const now = clock.now();
    const taking = this.#update<PermitBlock>(environment, (before) => {
      const { state, block } = takePermits(before, this.#requeuesPerMinute, now);
      return { state, result: block };
    }).finally(() => this.#taking.delete(environment));
    this.#taking.set(environment, taking);
    const block = await taking;
    const until = new Date(now.getTime() + contentionMs);
    if (!block) return { kind: 'denied', until, cause: 'contention' };
    if (block.kind === 'denied') return block;
    const lapsesAtMs = this.#held.hold(environment, { ...block, count: block.count - 1 }, uptimeMs);
    return { kind: 'granted', breaker: block.breaker, lapsesAtMs };
  }

  /** Whether to announce that the environment's telemetry cannot be read: once, until it can. */
  async mayAnnounceNoCauses(environment: string): Promise<boolean> {
    return this.#claim(environment, noteNoCauses);
  }

  /** The environment's telemetry can be read: the next time that it cannot is announced. */
  async noteCausesWork(environment: string): Promise<void> {
    await this.#claim(environment, noteCausesWork);
  }

  async #claim(
    environment: string,
    claim: (state: EnvironmentState | null, now: Date) => EnvironmentState | null,
  ): Promise<boolean> {
    const now = this.#ports.clock.now();
    const claimed = await this.#update(environment, (state) => {
      const next = claim(state, now);
      return { state: next ?? state ?? freshState(now), result: next !== null };
    });
    return claimed ?? false;
  }

  #seen(environment: string): EnvironmentState {
    return this.#lastSeen.get(environment) ?? freshState(this.#ports.clock.now());
  }

  /**
   * Null if the store cannot be reached: the breaker then misses an outcome and stays as it is. While a write is
   * under way, this process collects its changes for the next write, so that it does not conflict with itself.
   */
  #update<Result>(environment: string, change: Change<Result>): Promise<Result | null> {
    return new Promise((resolve, reject) => {
      let made: Result | null = null;
      const apply = (state: EnvironmentState | null) => {
        const { state: next, result } = change(state);
        made = result;
        return next;
      };
      const wanted: Wanted = { apply, settle: (isWritten) => resolve(isWritten ? made : null), reject };
      const waiting = this.#waiting.get(environment);
      if (waiting) waiting.push(wanted);
      else void this.#writeAll(environment, [wanted]);
    });
  }

  async #writeAll(environment: string, first: readonly Wanted[]): Promise<void> {
    for (let all = first; all.length > 0; all = this.#waiting.get(environment) ?? []) {
      this.#waiting.set(environment, []);
      try {
        const isWritten = await this.#write(environment, all);
        for (const { settle } of all) settle(isWritten);
      } catch (error) {
        for (const { reject } of all) reject(error);
      }
    }
    this.#waiting.delete(environment);
  }

  async #write(environment: string, all: readonly Wanted[]): Promise<boolean> {
    try {
      const state = await this.#ports.ledger.updateEnvironment(environment, (before) => {
        const next =
          all.reduce((now, { apply }) => apply(now), before) ?? freshState(this.#ports.clock.now());
        return { state: next, result: next };
      });
      if (state) this.#lastSeen.set(environment, state);
      return state !== null;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      const message = `The state of the environment ${environment} could not be updated.`;
      this.#ports.telemetry.record({ kind: 'error', message, error });
      return false;
    }
  }
}
