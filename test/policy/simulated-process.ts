import { type Admission, admit } from '../../src/policy/admit.ts';
import { type BatchJob, type Claim, type Decided, dueAt, isRunEnd } from '../../src/policy/batch-job.ts';
import { settleByHand } from '../../src/policy/by-hand.ts';
import { holdBack, leaveForLater, putOff, type Settled } from '../../src/policy/defer.ts';
import { addMs } from '../../src/policy/instants.ts';
import type { Failure } from '../../src/policy/failure.ts';
import { nextStep, type Step } from '../../src/policy/next-step.ts';
import type { NotTaken, Observation, SetToWaitingOutcome } from '../../src/policy/outcome.ts';
import type { RetryPolicy } from '../../src/policy/retry-policy.ts';
import { settle } from '../../src/policy/settle.ts';
import { type Progress, takeProgress } from '../../src/policy/take-progress.ts';
import { askByHand, type ByHandAction } from './simulated-by-hand.ts';
import type { RequestFate, SimulatedFno } from './simulated-fno.ts';

/** How reading the status goes, if it is read. */
export const readFates = ['found', 'throttled', 'unavailable', 'no time left'] as const;
type ReadFate = (typeof readFates)[number];

/** Whether the environment's breaker and rate limit, and the deadline, let a request go. */
export const grantFates = ['go', 'wait', 'no time left'] as const;
type GrantFate = (typeof grantFates)[number];

export type Fates = { request: RequestFate; read: ReadFate; grant: GrantFate };

export type Work =
  | { failure: Failure }
  | { progress: Progress; event: Failure }
  | { byHand: ByHandAction }
  | 'due work'
  /** What follows a retry by hand. */
  | 'what waits';

/** The durable record of the one job, with what was decided. A write with a stale version changes nothing. */
export class SimulatedLedger {
  job: BatchJob | null = null;
  version = 0;
  readonly events = new Set<string>();
  readonly decisions: (Decided & { episode: number })[] = [];

  write(version: number, job: BatchJob, decided: readonly Decided[]): boolean {
    if (version !== this.version) return false;
    this.version++;
    const { episode } = job;
    this.decisions.push(...decided.map((decision) => ({ ...decision, episode })));
    for (const { failure, decision } of decided) {
      if (!isRunEnd(decision)) this.events.add(failure.eventId);
    }
    this.job = job;
    for (const open of [job.claim, job.waiting]) if (open) this.events.add(open.failure.eventId);
    return true;
  }
}

export type World = {
  fno: SimulatedFno;
  ledger: SimulatedLedger;
  policy: RetryPolicy;
  /** Whether a policy entry lists the job, and whether a person paused it. */
  isListed: boolean;
  isPaused: boolean;
  nowMs: number;
  /** Looks at each request that is about to be claimed, and at each failure that is put off. */
  watch: { claimed?: (claim: Claim) => void; putOff?: (job: BatchJob, now: Date) => void };
  /** What happened so far, in words. */
  trace: string[];
};

type Page = { job: BatchJob | null; version: number; seen: boolean };
type Sure = Exclude<Step, { kind: 'read-status' }>;
/** What a process holds between two of its instructions that others can see. */
type Phase =
  | { kind: 'idle' }
  | { kind: 'has read'; page: Page }
  | { kind: 'to write'; page: Page; step: Sure; decided: Decided[] }
  | { kind: 'to send'; version: number; job: BatchJob; claim: Claim }
  | {
      kind: 'to record';
      version: number;
      job: BatchJob | null;
      claim: Claim;
      record: (job: BatchJob) => Settled;
      isTaken: boolean | 'unknown';
    };

/** A process must have sent its request so soon after claiming, or it counts as dead: its deadline sees to it. */
const sendWithinMs = 10_000;

/** Any number of these may work on one record; each takes one step at a time, in any order, or dies. */
export class SimulatedProcess {
  readonly #name: string;
  readonly #world: World;
  readonly #clockOffsetMs: number;
  #work: Work = 'due work';
  #phase: Phase = { kind: 'idle' };
  #tokens = 0;

  constructor(name: string, world: World, clockOffsetMs: number) {
    this.#name = name;
    this.#world = world;
    this.#clockOffsetMs = clockOffsetMs;
  }

  get isIdle(): boolean {
    return this.#phase.kind === 'idle';
  }

  begin(work: Work): void {
    this.#work = work;
    const delivered = deliveredOf(work);
    const asked = typeof work === 'object' && 'byHand' in work ? `is asked by hand: ${work.byHand}` : null;
    this.#say(asked ?? (delivered ? `is delivered ${delivered.eventId}` : 'does due work'));
    this.#read();
  }

  die(): void {
    if (!this.isIdle) this.#say(`dies (${this.#phase.kind})`);
    this.#phase = { kind: 'idle' };
  }

  goOn(fates: Fates): void {
    const phase = this.#phase;
    switch (phase.kind) {
      case 'idle':
        return;
      case 'has read':
        return this.#decide(phase.page, fates);
      case 'to write':
        return this.#write(phase);
      case 'to send':
        return this.#send(phase, fates);
      case 'to record':
        return this.#record(phase);
    }
  }

  #read(): void {
    const { job, version, events } = this.#world.ledger;
    const delivered = deliveredOf(this.#work);
    const seen = delivered !== null && events.has(delivered.eventId);
    this.#phase = { kind: 'has read', page: { job, version, seen } };
  }

  #decide(page: Page, fates: Fates): void {
    const work = this.#work;
    if (typeof work === 'object' && 'progress' in work) return this.#decideProgress(page, work);
    if (typeof work === 'object' && 'byHand' in work) return this.#decideByHand(page, work.byHand);
    const admission = this.#admit(page);
    if (admission.kind === 'duplicate') return this.#rest(`has nothing to do: ${admission.reason}`);
    const step = this.#findStep(admission.job, page, fates);
    this.#phase = { kind: 'to write', page, step, decided: [...admission.decided, ...step.decided] };
  }

  #admit({ job, seen }: Page): Admission {
    const { policy } = this.#world;
    const delivered = deliveredOf(this.#work);
    if (delivered) return admit(job, seen, 'default', delivered, policy, this.#now());
    const due = job && dueAt(job);
    if (job && this.#work === 'what waits') return { kind: 'admitted', job, decided: [] };
    if (!due || due > this.#now()) return { kind: 'duplicate', dueAt: due, reason: 'nothing is due' };
    return { kind: 'admitted', job, decided: [] };
  }

  #decideProgress(page: Page, { progress, event }: Extract<Work, { progress: Progress }>): void {
    const taken = page.job && takeProgress(page.job, progress, event, this.#now());
    if (!taken) return this.#rest('has nothing to do: it changes nothing');
    this.#phase = { kind: 'to write', page, step: { kind: 'rest', ...taken }, decided: taken.decided };
  }

  #decideByHand(page: Page, action: ByHandAction): void {
    const { fno, policy, isListed } = this.#world;
    const id = `${this.#name}${++this.#tokens}`;
    const asked = { fno, policy: isListed ? policy : null, id, now: this.#now() };
    const written = askByHand(action, page.job, asked);
    if (!written) return this.#rest('has nothing to do by hand');
    this.#phase = { kind: 'to write', page, ...written };
  }

  #findStep(job: BatchJob, { seen }: Page, fates: Fates): Sure {
    const { fno, policy, isListed } = this.#world;
    const token = `${this.#name}${++this.#tokens}`;
    const stepGiven = (observed: Observation | null) =>
      nextStep(job, { policyFor: () => (isListed ? policy : null), observed, token, now: this.#now() });
    const step = stepGiven(null);
    if (step.kind === 'rest') return step;
    if (step.kind === 'request') {
      const isFresh = !seen && deliveredOf(this.#work) === step.claim.failure;
      if (!isFresh) throw new Error('(d) A request for what waited is sent without reading the status.');
      return this.#claimed(step);
    }
    const fate = fates.read;
    if (fate === 'no time left') return { kind: 'rest', ...leaveForLater(job, this.#now()) };
    if (fate !== 'found') {
      const settled = putOff(job, readFailure(fate), policy.giveUpAfterMs, this.#now(), 0.5);
      this.#checkPutOff(settled.job);
      const isGivenToPeople = settled.decided.some(({ decision }) => decision === 'stuck');
      if (isGivenToPeople) fno.sinceAccepted?.push('is not followed up any more');
      return { kind: 'rest', ...settled };
    }
    const observed = fno.read();
    const informed = stepGiven(observed);
    if (informed.kind === 'read-status') throw new Error('The status was read, and is asked for again.');
    if (informed.kind === 'request' && observed.status !== 'Error') {
      throw new Error(`(d) A request is sent although the job is ${observed.status}.`);
    }
    const isStuck = informed.decided.some(({ decision }) => decision === 'stuck');
    if (isStuck && observed.status !== 'Error') fno.sinceAccepted?.push('is not followed up any more');
    return informed.kind === 'request' ? this.#claimed(informed) : informed;
  }

  #claimed(request: Extract<Step, { kind: 'request' }>): Sure {
    if (!this.#world.isListed) throw new Error('(m) A request is sent for a job that no entry lists.');
    this.#world.watch.claimed?.(request.claim);
    return request;
  }

  /** What F&O could not take is due later, or the work queue would hand it out again and again at once. */
  #checkPutOff(job: BatchJob): void {
    const now = this.#now();
    const due = dueAt(job);
    if (due && due <= now) throw new Error('(e) What was put off is due at once.');
    this.#world.watch.putOff?.(job, now);
  }

  #write({ page, step, decided }: Extract<Phase, { kind: 'to write' }>): void {
    const { fno, ledger } = this.#world;
    if (!ledger.write(page.version, step.job, decided)) {
      this.#say('meets a conflict and starts over');
      return this.#read();
    }
    const isProgress = typeof this.#work === 'object' && 'progress' in this.#work;
    const byHand = typeof this.#work === 'object' && 'byHand' in this.#work ? this.#work.byHand : null;
    if (byHand) this.#noteByHand(byHand, step.job);
    if (isProgress) fno.sinceAccepted?.push('is not followed up any more');
    for (const { failure, decision } of decided) this.#say(`writes ${failure.eventId}: ${decision}`);
    if (byHand === 'retry') {
      this.#work = 'what waits';
      return this.#read();
    }
    if (step.kind === 'rest') return this.#rest('is done');
    if (this.#world.isPaused && byHand === null)
      throw new Error('(k) A request is claimed for a paused job.');
    this.#say(`claims retry ${step.claim.retry} for ${step.claim.failure.eventId}`);
    this.#phase = { kind: 'to send', version: ledger.version, job: step.job, claim: step.claim };
  }

  /** A request that is unsettled counts in the episode that a reset begins. */
  #noteByHand(action: ByHandAction, { episode, claim }: BatchJob): void {
    if (action === 'pause') this.#world.isPaused = true;
    if (action === 'resume') this.#world.isPaused = false;
    if (action !== 'reset' || !claim) return;
    for (const accepted of this.#world.fno.accepted) {
      if (accepted.token === claim.token) accepted.episode = episode;
    }
  }

  #send({ version, job, claim }: Extract<Phase, { kind: 'to send' }>, { request: fate, grant }: Fates): void {
    const now = this.#now();
    if (now.getTime() - claim.claimedAt.getTime() > sendWithinMs) return this.die();
    const { giveUpAfterMs } = this.#world.policy;
    const isByHand = claim.retry === 0;
    if (grant === 'wait' && !isByHand) {
      const wait = { kind: 'wait', until: addMs(now, 60_000), cause: 'rate limit' } as const;
      const record = (held: BatchJob) => holdBack(held, claim, wait, giveUpAfterMs, this.#now(), 0.5);
      this.#say('is held back');
      this.#phase = { kind: 'to record', version, job, claim, record, isTaken: false };
      return;
    }
    const { failure, runEndedAt } = claim;
    const { token } = claim;
    const held = this.#world.ledger.job;
    const episode = held?.claim?.token === token ? held.episode : job.episode;
    const request = { eventId: failure.eventId, episode, runEndedAt, token, isByHand };
    const outcome = grant === 'go' ? this.#world.fno.setToWaiting(fate, request) : noTimeLeft;
    this.#say(`sends the request for ${claim.failure.eventId}: ${grant === 'go' ? fate : grant}`);
    const isTaken = outcome.kind === 'taken' || (outcome.kind === 'unknown' ? 'unknown' : false);
    const record = (sent: BatchJob) => {
      if (isByHand) return settleByHand(sent, claim, outcome, this.#now());
      const settled = settle(sent, claim, outcome, giveUpAfterMs, this.#now(), 0.5);
      if (isTaken === false && outcome.kind !== 'refused') this.#checkPutOff(settled.job);
      return settled;
    };
    this.#phase = { kind: 'to record', version, job, claim, record, isTaken };
  }

  #record({ version, job, claim, record, isTaken }: Extract<Phase, { kind: 'to record' }>): void {
    const { ledger } = this.#world;
    if (job?.claim?.token !== claim.token) return this.#rest('finds its claim settled by another');
    const settled = record(job);
    if (!ledger.write(version, settled.job, settled.decided)) {
      this.#say('meets a conflict when recording');
      this.#phase = { kind: 'to record', version: ledger.version, job: ledger.job, claim, record, isTaken };
      return;
    }
    if (claim.retry === 0 && settled.job.retriesUsed !== job.retriesUsed) {
      throw new Error('(l) A request by hand changed the budget.');
    }
    const before = job.retriesUsed - 1;
    if (claim.retry > 0 && isTaken === false && settled.job.retriesUsed !== before) {
      throw new Error(`(f) Nothing was taken and left ${settled.job.retriesUsed} of ${before} retries used.`);
    }
    for (const { failure, decision } of settled.decided) this.#say(`records ${failure.eventId}: ${decision}`);
    this.#rest('is done');
  }

  #rest(what: string): void {
    this.#say(what);
    this.#phase = { kind: 'idle' };
  }

  #now(): Date {
    return new Date(this.#world.nowMs + this.#clockOffsetMs);
  }

  #say(what: string): void {
    this.#world.trace.push(`${this.#name} ${what}`);
  }
}

const noTimeLeft: SetToWaitingOutcome = {
  kind: 'not-sent',
  cause: 'time',
  answer: { status: null, isSuccess: null, message: null },
};

function deliveredOf(work: Work): Failure | null {
  return typeof work === 'object' && 'failure' in work ? work.failure : null;
}

function readFailure(fate: 'throttled' | 'unavailable'): NotTaken {
  const answer = { status: fate === 'throttled' ? 429 : 503, isSuccess: null, message: null };
  return { kind: fate, retryAfterMs: null, answer };
}
