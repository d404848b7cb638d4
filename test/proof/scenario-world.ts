import type { JobId } from '../../src/domain/job-id.ts';
import type { RetryPolicy } from '../../src/domain/retry-policy/retry-policy.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { MachineClock, Time } from './scenario-clock.ts';
import { type FailedRun, ScenarioFno } from './scenario-fno.ts';
import { type Fates, Instance, quiet } from './scenario-instance.ts';
import { type Delivery, scenarioViolations, type WorldSettings } from './scenario-violations.ts';

const day = 86_400_000;
const sweepEveryMs = 1_200_000;
/** F&O's own. */
const maxTries = 3;
const fnoTimeoutMs = 10_000;

/** Two processes of the service, their store, and one batch job in F&O. */
export class World {
  readonly trace: string[] = [];
  readonly fno: ScenarioFno;
  deaths = 0;
  readonly #jobId: JobId;
  readonly #settings: WorldSettings;
  readonly #time = new Time();
  readonly #clocks: MachineClock[];
  readonly #storeClock = new MachineClock(this.#time, 0);
  readonly #store: Store;
  readonly #instances: Instance[];
  readonly #deliveries = new Map<string, Delivery>();
  /** The episodes whose exhaustion was announced, by the announcement's id: a second time is the same one. */
  readonly #exhaustions = new Map<string | null, number | null>();
  #touchedEver = false;
  #isInSight = false;
  readonly #acceptedIn = new Map<number, number>();
  #generations = 0;

  constructor(jobId: JobId, settings: WorldSettings, open: (clock: Clock) => Store) {
    this.#jobId = jobId;
    this.#settings = settings;
    this.#clocks = [0, settings.clockOfBAheadSeconds * 1000].map(
      (offset) => new MachineClock(this.#time, offset),
    );
    this.#store = open(this.#storeClock);
    const fnoClock = new MachineClock(this.#time, settings.fnoClockAheadSeconds * 1000);
    this.fno = new ScenarioFno(
      jobId,
      fnoClock,
      settings.maxRetries,
      settings.job,
      () => void this.#noteAccepted(),
    );
    this.#instances = ['A', 'B'].map((name, index) => this.#newInstance(name, index));
  }

  get accepted(): number {
    return this.fno.failedRuns.reduce((sum, { acceptedRequeues }) => sum + acceptedRequeues, 0);
  }

  /** The job runs if it is due, or at its next scheduled start. */
  async runJob(afterSeconds: number, fails: boolean): Promise<void> {
    await this.startJob();
    if (this.fno.status !== 'Executing') return;
    this.#time.pass(afterSeconds * 1000);
    const name = this.fno.end(fails);
    this.#say(name ? `the job fails: ${name}` : 'the job finishes');
    if (name) this.#deliveries.set(name, { failedAttempts: 0, accepted: false, lost: false });
    await Promise.resolve();
  }

  async startJob(): Promise<void> {
    const untilMs = this.fno.untilScheduledMs;
    if (untilMs !== null) await this.pass(untilMs);
    if (!this.fno.isDue) return;
    this.#say('the job starts');
    this.fno.start();
  }

  vanish(): void {
    if (this.fno.isGone) return;
    this.#say('the job is deleted');
    this.fno.vanish();
  }

  async deliverFinished(to: number): Promise<void> {
    const instance = this.#instances[to];
    const event = this.fno.finished.at(-1);
    if (!instance || event === undefined || !this.#settings.sendsFinished) return;
    this.#say(`a finished event is delivered to ${instance.name}`);
    await instance.begin(
      () => instance.useCases.receiveEvents([{ environment: 'default', value: event, via: 'flat' }]),
      () => undefined,
    );
  }

  setStatus(status: 'Waiting' | 'Canceled'): void {
    if (this.fno.isGone) return;
    this.#say(`a person sets the job, which is ${this.fno.status}, to ${status}`);
    this.fno.setStatus(status);
    this.#touchedEver = true;
  }

  async deliver(back: number, to: number): Promise<void> {
    const run = this.fno.failedRuns.at(-1 - back);
    const delivery = run && this.#deliveries.get(run.name);
    const instance = this.#instances[to];
    if (!run || !instance || !delivery || delivery.lost) return;
    if (!delivery.accepted && delivery.failedAttempts >= maxTries) return;
    await this.#deliverTo(instance, run, delivery);
  }

  loseEvent(): void {
    const run = this.fno.failedRuns.at(-1);
    const delivery = run && this.#deliveries.get(run.name);
    if (!delivery || delivery.failedAttempts > 0) return;
    this.#say(`the event of ${run.name} is lost`);
    delivery.lost = true;
  }

  async pollWorkQueue(who: number): Promise<void> {
    const instance = this.#instances[who];
    if (!instance) return;
    this.#say(`${instance.name} takes up what is due`);
    await instance.begin(
      () => instance.useCases.pollWorkQueue(),
      () => undefined,
    );
  }

  async look(who: number): Promise<void> {
    const instance = this.#instances[who];
    if (!instance || !this.#settings.isWatching) return;
    this.#say(`${instance.name} looks for runs`);
    await instance.begin(
      () => instance.useCases.watch(),
      () => undefined,
    );
  }

  async goOn(who: number, times: number, fates: Fates, which: number): Promise<void> {
    for (let step = 0; step < times; step++) {
      await this.#instances[who]?.goOn(step === times - 1 ? fates : { ...fates, store: 'done' }, which);
    }
  }

  die(who: number): void {
    this.#instances[who]?.die();
    this.#instances[who] = this.#newInstance(who === 0 ? 'A' : 'B', who);
    this.deaths += 1;
  }

  async stop(who: number): Promise<void> {
    const instance = this.#instances[who];
    instance?.stopForcefully();
    await instance?.runFreely();
    this.#instances[who] = this.#newInstance(who === 0 ? 'A' : 'B', who);
  }

  async pass(ms: number): Promise<void> {
    this.#time.pass(ms);
    this.#say(`${ms / 1000} s pass`);
    await quiet();
  }

  /** Both processes are on one machine. */
  setClocks(ms: number): void {
    this.#say(`the clocks are set ${ms / 1000} s`);
    for (const clock of [...this.#clocks, this.#storeClock]) clock.offsetMs += ms;
  }

  /** Everybody finishes, F&O delivers what it has tries left for, the job runs well, and two days pass. */
  async settle(): Promise<void> {
    this.#say('from now on all is well');
    const [instance] = this.#instances;
    if (!instance) throw new Error('nobody is left');
    for (const each of this.#instances) await each.runFreely();
    // The watch looks back a day.
    this.#isInSight = this.#settings.isWatching && this.fno.failedAgoMs < 23 * 3_600_000;
    for (const clock of [...this.#clocks, this.#storeClock]) clock.offsetMs = 0;
    for (const run of this.fno.failedRuns) {
      const delivery = this.#deliveries.get(run.name);
      for (let tries = delivery?.failedAttempts ?? maxTries; tries < maxTries; tries++) {
        if (!delivery || delivery.lost || delivery.accepted) break;
        await this.#deliverTo(instance, run, delivery);
        await instance.runFreely();
      }
    }
    if (this.fno.status === 'Executing') this.endRun();
    for (const [times, ms] of [
      [12, 30_000],
      [6, 1_200_000],
      [12, 14_400_000],
    ] as const) {
      for (let passed = 0; passed < times; passed++) {
        this.#time.pass(ms);
        if (ms >= sweepEveryMs) await this.#sweep(instance);
        await this.look(0);
        await instance.runFreely();
        for (let rounds = 0; (await this.#takeUp(instance)) > 0; rounds++)
          if (rounds > 30) throw new Error('There is always more work that is due.');
        if (passed % 3 === 2 && this.fno.isDue) await this.runJob(5, false);
        if (this.fno.status === 'Executing') this.endRun();
      }
    }
  }

  endRun(): void {
    this.fno.end(false);
    this.#say('the job finishes');
  }

  /** What contradicts the invariants, in words. */
  async violations(): Promise<string[]> {
    const key = { environment: 'default', jobId: this.#jobId };
    const { job } = await this.#store.ledger.read(key, null);
    return scenarioViolations({
      fno: this.fno,
      settings: this.#settings,
      job,
      history: (await this.#store.ledger.history(key, null, 10_000)).toReversed(),
      deliveries: this.#deliveries,
      acceptedIn: this.#acceptedIn,
      exhaustions: [...this.#exhaustions.values()],
      isTouched: this.#touchedEver,
      isInSight: this.#isInSight,
    });
  }

  close(): void {
    this.#store.close();
  }

  async #takeUp(instance: Instance): Promise<number> {
    let taken = 0;
    await instance.begin(
      () => instance.useCases.pollWorkQueue(),
      (count) => (taken = count ?? 0),
    );
    await instance.runFreely();
    return taken;
  }

  /** As every host does now and then. */
  async #sweep(instance: Instance): Promise<void> {
    await instance.begin(
      () => instance.useCases.sweep(),
      () => undefined,
    );
    await instance.runFreely();
  }

  #deliverTo(instance: Instance, run: FailedRun, delivery: Delivery): Promise<void> {
    this.#say(`${run.name} is delivered to ${instance.name}`);
    delivery.failedAttempts += 1;
    const givenUpAt = this.#time.elapsedMs + fnoTimeoutMs;
    return instance.begin(
      () => instance.useCases.receiveEvents([{ environment: 'default', value: run.event, via: 'flat' }]),
      (received) => {
        const [first] = received ?? [];
        const answer = first?.kind === 'decided' ? first.answer.decision : (first?.kind ?? 'unavailable');
        this.#say(`${instance.name} answers ${run.name}: ${answer}`);
        if (this.#time.elapsedMs > givenUpAt) this.#say('… but F&O has given up');
        else if (first?.kind === 'decided') delivery.accepted = run.isHeard = true;
        else if (first?.kind === 'invalid') this.fno.violations.push(`${run.name} was taken for invalid`);
      },
    );
  }

  #newInstance(name: string, index: number): Instance {
    const { maxRetries, delaysSeconds, requeuesPerMinute } = this.#settings;
    const clock = this.#clocks[index];
    if (!clock) throw new Error('no clock');
    const policy: RetryPolicy = {
      name: 'Every job',
      mode: 'retry',
      maxRetries,
      resetAfterMs: 365 * day,
      delaysMs: delaysSeconds.map((seconds) => seconds * 1000),
      giveUpAfterMs: day,
      expect: { maxDurationMs: null, minDurationMs: null, startWithinMs: null },
    };
    this.#generations += 1;
    return new Instance({
      name: `${name}${this.#generations > 2 ? this.#generations : ''}`,
      store: this.#store,
      fno: this.fno,
      clock,
      policy,
      requeuesPerMinute,
      say: (line) => this.#say(line),
      recovered: () => {
        if (this.fno.timelessSuccesses === 0)
          this.fno.violations.push('recovered was announced of a job that did not');
        this.fno.timelessSuccesses = 0;
      },
      announced: ({ about, notificationId, episode }) => {
        if (about === 'exhausted') this.#exhaustions.set(notificationId, episode);
      },
    });
  }

  #say(line: string): void {
    this.trace.push(line.replaceAll(/0{8}-0000-4000-8000-0+(\d+)/g, 'F$1'));
  }

  /** By the episode that the record is in when F&O accepts. */
  async #noteAccepted(): Promise<void> {
    const episode = await this.#episode();
    this.#acceptedIn.set(episode, (this.#acceptedIn.get(episode) ?? 0) + 1);
  }

  async #episode(): Promise<number> {
    const { job } = await this.#store.ledger.read({ environment: 'default', jobId: this.#jobId }, null);
    return job?.episode.number ?? 0;
  }
}
