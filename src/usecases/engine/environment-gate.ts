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
import type { JobId } from '../../domain/job-id.ts';
import type { NotRead } from '../../domain/job/job-event.ts';
import type { Observation, ReadOutcome } from '../../domain/outcome.ts';
import type { BatchJobKey } from '../../ports/ledger.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Deadline } from './deadline.ts';
import { EnvironmentStates } from './environment-states.ts';
import { HeldPermits } from './held-permits.ts';
import { ReadTogether } from './read-together.ts';

/** How long a requeue waits when too many acquire a permit at the same moment, in ms. */
const contentionMs = 2000;

type BreakerOpen = Extract<NotRead, { kind: 'breaker-open' }>;

/** A permit to send one requeue. `breaker` is its state at the grant; `lapsesAtMs` names the block of the permit. */
export type Permit = { kind: 'granted'; breaker: EnvironmentState['breaker']; lapsesAtMs: number } | Denied;

/**
 * Guards the F&O environments with the circuit breaker and the rate limit, which all processes share in the store.
 * The breaker as this process last saw it holds back reads from an environment that is down. While it is closed, a
 * process takes permits in blocks, so that few requeues write the shared state.
 */
export class EnvironmentGate {
  readonly #ports: Ports;
  readonly #requeuesPerMinute: number;
  readonly #states: EnvironmentStates;
  readonly #warnedOfTimes = new Set<string>();
  readonly #held = new HeldPermits();
  readonly #together = new ReadTogether({
    readOne: (key, deadline) => this.#readAlone(key, deadline),
    uptimeMs: () => this.#ports.clock.uptimeMs(),
    list: (environment, jobIds, deadline) => this.#list(environment, jobIds, deadline),
  });
  /** The blocks that this process is taking. */
  readonly #taking = new Map<string, Promise<unknown>>();

  constructor(ports: Ports, requeuesPerMinute: number) {
    this.#ports = ports;
    this.#states = new EnvironmentStates(ports);
    this.#requeuesPerMinute = requeuesPerMinute;
  }

  /**
   * Reads a job, unless no time is left or the breaker is open. Jobs of one environment whose reads are asked for at the
   * same time are read by one query: a night's failures come together, and so does what is due.
   */
  read(key: BatchJobKey, deadline: Deadline): Promise<ReadOutcome | NotRead> {
    return this.#together.read(key, deadline);
  }

  /** Asks F&O something that changes nothing, unless the breaker is open. Its answer counts for the breaker as a read. */
  async ask<Answer extends FnoOutcome>(
    environment: string,
    question: () => Promise<Answer>,
  ): Promise<Answer | BreakerOpen> {
    const { breaker } = this.#states.lastSeen(environment);
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
    const { openUntil } = this.#states.lastSeen(environment).breaker;
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
      const { breaker } = this.#states.lastSeen(environment);
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
    if (!changesState({ ...this.#states.lastSeen(environment), breaker }, of, outcome, now)) return;
    await this.#states.update(environment, (state) => ({
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
    if (this.#states.lastSeen(environment).announcedEventIds.includes(id)) return false;
    return this.#claim(environment, (state, now) => noteEventId(state, id, now));
  }

  /** Whether to announce that the environment's telemetry cannot be read: once, until it can. */
  async mayAnnounceNoCauses(environment: string): Promise<boolean> {
    return this.#claim(environment, noteNoCauses);
  }

  /** The environment's telemetry can be read: the next time that it cannot is announced. */
  async noteCausesWork(environment: string): Promise<void> {
    await this.#claim(environment, noteCausesWork);
  }

  /** Never rejects. */
  async #readAlone({ environment, jobId }: BatchJobKey, deadline: Deadline): Promise<ReadOutcome | NotRead> {
    if (!deadline.canCallFno()) return { kind: 'out-of-time' };
    return this.ask(environment, () =>
      deadline.ask((signal) => this.#ports.batchJobs(environment).read(jobId, signal)),
    );
  }

  /** That F&O answers counts for the breaker as a read. A failure does not: it may be the query's own fault. */
  async #list(environment: string, jobIds: readonly JobId[], deadline: Deadline) {
    const { breaker } = this.#states.lastSeen(environment);
    const listed = await this.search(environment, () =>
      deadline.askBriefly((signal) => this.#ports.batchJobs(environment).listByIds(jobIds, signal)),
    );
    if (listed.kind === 'listed') await this.recordOutcome(environment, breaker, 'read', listed);
    return listed;
  }

  /** Takes a block, spends one permit of it, and holds the others. Meanwhile other requeues of this process wait. */
  async #takeBlock(environment: string): Promise<Permit> {
    const { clock } = this.#ports;
    const uptimeMs = clock.uptimeMs();
    const now = clock.now();
    const taking = this.#states
      .update<PermitBlock>(environment, (before) => {
        const { state, block } = takePermits(before, this.#requeuesPerMinute, now);
        return { state, result: block };
      })
      .finally(() => this.#taking.delete(environment));
    this.#taking.set(environment, taking);
    const block = await taking;
    const until = new Date(now.getTime() + contentionMs);
    if (!block) return { kind: 'denied', until, cause: 'contention' };
    if (block.kind === 'denied') return block;
    const lapsesAtMs = this.#held.hold(environment, { ...block, count: block.count - 1 }, uptimeMs);
    return { kind: 'granted', breaker: block.breaker, lapsesAtMs };
  }

  async #claim(
    environment: string,
    claim: (state: EnvironmentState | null, now: Date) => EnvironmentState | null,
  ): Promise<boolean> {
    const now = this.#ports.clock.now();
    const claimed = await this.#states.update(environment, (state) => {
      const next = claim(state, now);
      return { state: next ?? state ?? freshState(now), result: next !== null };
    });
    return claimed ?? false;
  }
}
