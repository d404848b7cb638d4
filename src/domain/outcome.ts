/** What F&O answered, as far as the service can read it. The history keeps it. */
export type FnoAnswer = {
  /** HTTP status, or null if no answer came. */
  status: number | null;
  isSuccess: boolean | null;
  message: string | null;
};

/** What SetBatchJobToWaiting answers, by the names of its documented elements. */
export type ActionElements = {
  responseStatusCode: number | null;
  isSuccess: boolean;
  exceptionDetails: string | null;
  responseMessage: string | null;
};

/** Why a request failed on which F&O certainly did not act. */
export type NotTaken =
  | { kind: 'throttled'; retryAfterMs: number | null; answer: FnoAnswer }
  /**
   * F&O is being serviced or overloaded (503; for a read also 502 and 504), or says that it did not act and may
   * later (409, 412, 423, 425).
   */
  | { kind: 'unavailable'; retryAfterMs: number | null; answer: FnoAnswer }
  /** The request never left: no connection, no token, or no time left for it. */
  | { kind: 'not-sent'; cause: 'connection' | 'token' | 'time'; answer: FnoAnswer }
  /**
   * The service gets no token until a person changes something, such as an expired secret. The request never left.
   */
  | { kind: 'sign-in-refused'; answer: FnoAnswer }
  /** F&O does not accept the token, even after a renewal (401). */
  | { kind: 'unauthorized'; answer: FnoAnswer }
  /**
   * The set-up is wrong and a person must correct it: no permission (403), or the address leads elsewhere
   * (redirect).
   */
  | { kind: 'misconfigured'; answer: FnoAnswer };

/** The outcome of one SetBatchJobToWaiting request. */
export type SetToWaitingOutcome =
  | { kind: 'taken'; answer: FnoAnswer; action: ActionElements }
  | { kind: 'refused'; answer: FnoAnswer; action: ActionElements }
  | NotTaken
  /**
   * F&O may or may not have acted: its status must be read before another request is sent.
   * `serverError` (HTTP 500) may be a business error that comes each time: the service tries only a few times.
   * `gatewayFault` (502, 504): a gateway got no answer from F&O in time, but F&O may have got the request.
   */
  | { kind: 'unknown'; serverError: boolean; gatewayFault: boolean; answer: FnoAnswer };

/** The outcome of a read of a batch job. A read changes nothing, so a lost answer is `unavailable`. */
export type ReadOutcome =
  | { kind: 'found'; observation: Observation; answer: FnoAnswer }
  | { kind: 'not-found'; answer: FnoAnswer }
  | NotTaken;

export type Observation = {
  /** BatchStatus as F&O names it: `Waiting`, `Executing`, `Error`, `Finished`, … */
  status: string;
  /** Start and end of the job's latest run, by F&O's clock; null if it never ran or F&O shows none (1900). */
  startedAt: Date | null;
  endedAt: Date | null;
  /** When the job is to start next, or was (OrigStartDateTime); null if F&O shows none. */
  scheduledAt: Date | null;
  /** Whether the job recurs: its Recurrence is not empty. */
  isRecurring: boolean;
  /** F&O's clock when it answered (its Date header); null if it did not say. */
  readAt: Date | null;
  description: string;
  legalEntity: string;
};
