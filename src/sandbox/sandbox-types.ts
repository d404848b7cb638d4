import type { Clock } from '../ports/clock.ts';
import type { AnswerSpelling } from './action-answer.ts';
import type { BackgroundJobs } from './background-job.ts';
import type {
  BatchEventKind,
  BatchJobOutcome,
  NewBatchJob,
  RunCause,
  SimulatedBatchJob,
} from './batch-job.ts';
import type { BatchStatus } from './batch-status.ts';
import type { Ahead } from './clock-ahead.ts';
import type { BusinessEvent } from './business-events.ts';
import type { EventContract } from './business-events.ts';
import type { Activation, Delivery, DeliveryRules, EventFates, UndeliveredEvent } from './event-sender.ts';
import type { Fault, FaultOptions } from './faults.ts';
import type { Happening } from './happening.ts';
import type { AutoRun } from './job-runner.ts';
import type { JobScript } from './job-script.ts';
import type { RecordedRequest } from './request-handler.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

export interface SandboxOptions extends EventContract {
  /** 0 unless set: any free port. */
  port?: number;
  /** '127.0.0.1' unless set; only loopback is allowed. */
  host?: string;
  /** The real clock unless set. Timeouts and faults on the wire always keep real time. */
  clock?: Clock;
  /**
   * How far F&O's own clock is ahead of `clock`; 0 unless set, negative if behind. All times of F&O are by its own
   * clock.
   */
  fnoClockAheadMs?: number;
  /**
   * How far all times of jobs and runs, also those in their events, are ahead of F&O's clock, as of an F&O that shows
   * local times; 0 unless set. By these times it also starts its jobs.
   */
  runTimesAheadMs?: Ahead;
  /** 'wrapped' unless set. */
  answer?: AnswerSpelling;
  /**
   * Another sandbox's `identity`, which this one shares: both then accept its tokens, each those for its own
   * address, as environments of one tenant do. The token endpoint, with its faults and requests, stays the other
   * sandbox's.
   */
  identity?: TokenEndpoint;
  /** The number of rows on an OData page: 50 unless set. */
  pageSize?: number;
  /**
   * Whether OData shows the batch history, under which name ('BatchJobHistories' unless set), and how long after a
   * run's end its row is written (0 unless set). Null unless set: OData shows none.
   */
  history?: { entitySet?: string; writtenAfterMs?: number } | null;
  /** How many entities `GET /data` and $metadata name besides: 3 unless set. F&O has thousands. */
  otherEntities?: number;
  /** Null unless set: jobs run only on request. Otherwise recurring jobs also follow their schedule. */
  autoRun?: AutoRun | null;
  delivery?: Partial<DeliveryRules>;
  events?: EventFates;
  onHappening?: (happening: Happening) => void;
}

/** A simulated F&O environment, with its own port and state. */
export interface Sandbox extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`: F&O's address, and the resource of its tokens. */
  readonly orgUrl: string;
  /**
   * Settings that make the real @azure/identity get its tokens here, as a managed identity on App Service. It reads
   * them once a process: several sandboxes in one process must share one `identity`.
   */
  readonly identityEnvironment: { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string };
  readonly identity: TokenEndpoint;
  readonly clock: Clock;

  addJob(job: NewBatchJob): void;
  /** Adds jobs that nobody acts on, such as the 5,000 that no policy lists. */
  addBackgroundJobs(jobs: BackgroundJobs): void;
  /** A live view. Throws if there is no such job. */
  job(jobId: string): SimulatedBatchJob;
  /** Sets how the job's next runs end. */
  setScript(jobId: string, script: JobScript): void;
  /**
   * Runs a Waiting job now, due or not, for `runMs` of the clock (0 unless set). When it resolves, the event may
   * still be on its way. `cause`: whoever made the job due unless set.
   */
  run(jobId: string, runMs?: number, cause?: RunCause): Promise<BatchJobOutcome>;
  /** Runs a Waiting job now, until `endHanging`. `idle` does not wait for it. */
  hang(jobId: string, cause?: RunCause): void;
  /** Ends the run that hangs; 'interrupted' if somebody set the job's status meanwhile. */
  endHanging(jobId: string): BatchJobOutcome;
  /** Acts as a person in F&O's form. Waiting makes the job due now, and starts it if `autoRun` is set. */
  setStatus(jobId: string, status: BatchStatus): void;
  /** Makes the job Waiting and due, whatever its schedule. It starts if `autoRun` is set. */
  startNow(jobId: string, cause: RunCause): void;
  /** Whether the job is Waiting, and due by F&O's clock. */
  isDue(jobId: string): boolean;
  /** Deletes the job, as clean-up jobs do. */
  vanish(jobId: string): void;
  /** How many calls of SetBatchJobToWaiting F&O accepted, even if they changed nothing or the answer got lost. */
  requeues(jobId: string): number;

  readonly requests: readonly RecordedRequest[];
  readonly tokensIssued: number;
  /** Makes F&O answer 401 to all tokens issued so far. */
  revokeTokens(): void;
  readonly faults: { add(fault: Fault, options: FaultOptions): void; clear(): void };
  /** Whether an Authorization header reached the login page to which the redirect fault leads. */
  readonly loginPageSawToken: boolean;

  /** The text of the job's most recent Batch Job Failed event. Throws if there is none. */
  failedEvent(jobId: string): string;
  /**
   * Sends the test event. The endpoint becomes active only if it answers 2xx, for these kinds of events besides
   * those it is already active for; for all that jobs send unless set.
   */
  activateEndpoint(url: string, kinds?: readonly BatchEventKind[]): Promise<Activation>;
  deactivateEndpoint(url: string): void;
  readonly deliveries: readonly Delivery[];
  readonly errorLog: readonly UndeliveredEvent[];
  /** The events that `events.lose` lost: no endpoint and no error log has them. */
  readonly lostEvents: readonly BusinessEvent[];
  /** Acts as a person in the error log: resends one event or all. See `idle`. */
  resend(eventId?: string): void;
  /** Acts as after a restore of the database: ControlNumber continues below all values so far. */
  restoreDatabase(): void;

  /** Resolves when no job runs or is about to be picked up, and no event is on its way. */
  idle(): Promise<void>;
  /** Refuses connections until `comeUp`, which opens the same port again. Jobs and deliveries continue. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  /** Ends every connection, delivery and run at once, for good. */
  stop(): Promise<void>;
}
