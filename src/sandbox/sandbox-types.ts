import type { Clock } from '../ports/clock.ts';
import type { AnswerSpelling } from './action-answer.ts';
import type {
  BatchEventKind,
  BatchJobOutcome,
  NewBatchJob,
  RunCause,
  SimulatedBatchJob,
} from './batch-job.ts';
import type { BatchStatus } from './batch-status.ts';
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
  /** The real one unless set. Timeouts and faults on the wire keep real time all the same. */
  clock?: Clock;
  /** How far F&O's own clock is ahead of `clock`: 0 unless set, behind if negative. All of F&O's times are by its own. */
  fnoClockAheadMs?: number;
  /** 'wrapped' unless set. */
  answer?: AnswerSpelling;
  /**
   * Another sandbox's `identity`: both then accept its tokens, each those for its own address, as environments
   * of one tenant do. Its own unless set. The token endpoint, and so its faults and requests, stay the other's.
   */
  identity?: TokenEndpoint;
  /** How many jobs OData puts on a page: 50 unless set. */
  pageSize?: number;
  /** Null unless set: jobs run only when told. Otherwise recurring jobs keep their schedule, too. */
  autoRun?: AutoRun | null;
  delivery?: Partial<DeliveryRules>;
  events?: EventFates;
  onHappening?: (happening: Happening) => void;
}

/** A simulated F&O environment, on its own port and with a state of its own. */
export interface Sandbox extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`: F&O's address, and the resource that its tokens are for. */
  readonly orgUrl: string;
  /**
   * Makes the real @azure/identity take its tokens from here, as a managed identity on App Service. It looks
   * at these once a process: for several sandboxes in one process, let them share one `identity`.
   */
  readonly identityEnvironment: { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string };
  readonly identity: TokenEndpoint;
  readonly clock: Clock;

  addJob(job: NewBatchJob): void;
  /** A live view. Throws if there is no such job. */
  job(jobId: string): SimulatedBatchJob;
  /** From now on the job's runs end as this script says. */
  setScript(jobId: string, script: JobScript): void;
  /**
   * Runs a Waiting job now, due or not, for `runMs` of the clock (0 unless set); its event may be on its way still.
   * `cause`: who made the job due unless set.
   */
  run(jobId: string, runMs?: number, cause?: RunCause): Promise<BatchJobOutcome>;
  /** What a person does in F&O's form; Waiting makes the job due now, and starts it if `autoRun` is set. */
  setStatus(jobId: string, status: BatchStatus): void;
  /** The job becomes Waiting and due, whatever its schedule; it starts if `autoRun` is set. */
  startNow(jobId: string, cause: RunCause): void;
  /** Waiting, and due by F&O's clock. */
  isDue(jobId: string): boolean;
  /** The job is deleted, as clean-up jobs do. */
  vanish(jobId: string): void;
  /** How many SetBatchJobToWaiting were accepted, whether or not they changed anything or the answer got through. */
  requeues(jobId: string): number;

  readonly requests: readonly RecordedRequest[];
  readonly tokensIssued: number;
  /** Tokens issued so far are answered 401 from now on. */
  revokeTokens(): void;
  readonly faults: { add(fault: Fault, options: FaultOptions): void; clear(): void };
  /** Whether an Authorization header arrived at the login page that the redirect fault leads to. */
  readonly loginPageSawToken: boolean;

  /** The text of the job's most recent Batch Job Failed event. Throws if there is none. */
  failedEvent(jobId: string): string;
  /**
   * Sends the test event; the endpoint is active only if it answers 2xx. For these kinds of events, beside those it
   * is active for already; for all that jobs send unless set.
   */
  activateEndpoint(url: string, kinds?: readonly BatchEventKind[]): Promise<Activation>;
  deactivateEndpoint(url: string): void;
  readonly deliveries: readonly Delivery[];
  readonly errorLog: readonly UndeliveredEvent[];
  /** What a person does from the error log, for one event or all; see `idle`. */
  resend(eventId?: string): void;
  /** As after a restore of the database: ControlNumber goes on from below all it has given. */
  restoreDatabase(): void;

  /** Resolves when nothing runs, is due and about to be picked up, or is being delivered. */
  idle(): Promise<void>;
  /** Connections are refused until `comeUp`, which takes the same port again. Jobs and deliveries go on. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  /** For good: every connection, delivery and run ends at once. */
  stop(): Promise<void>;
}
