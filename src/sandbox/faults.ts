/** Seconds, or an HTTP date, or no Retry-After at all. */
export type RetryAfter = number | string | null;

/** If `committed` is true, F&O acts and only then misbehaves. False unless set. */
interface MaybeCommitted {
  committed?: boolean;
}

export type Fault =
  /** 200, IsSuccess false. */
  | { kind: 'refused'; message?: string; responseStatusCode?: number }
  /** 200 with a page where JSON is expected. */
  | ({ kind: 'html' } & MaybeCommitted)
  | ({ kind: 'broken-json' } & MaybeCommitted)
  /** 200 with JSON that has none of the expected fields. */
  | ({ kind: 'other-shape' } & MaybeCommitted)
  /** 401, though the token is good. */
  | { kind: 'unauthorized' }
  | { kind: 'forbidden' }
  /**
   * 404 as for a wrong address (unless set), from a gateway with an empty body, or from OData for a job that does
   * not exist.
   */
  | { kind: 'not-found'; from?: 'address' | 'gateway' | 'odata' }
  | { kind: 'throttled'; retryAfter: RetryAfter }
  /** 500 with an OData error that names a business rule; F&O did not act. */
  | { kind: 'business-error'; message?: string }
  /** 500 with an OData error that explains nothing. */
  | ({ kind: 'server-error' } & MaybeCommitted)
  /** An HTML page, as from a gateway during servicing. */
  | ({ kind: 'unavailable'; status: 502 | 503 | 504; retryAfter?: RetryAfter } & MaybeCommitted)
  /** A redirect to a login page on the same server, which records whether a client sent it a token. */
  | { kind: 'redirect'; status: 302 | 307 }
  /** 200 and more than 1 MiB of otherwise valid JSON. */
  | ({ kind: 'oversized' } & MaybeCommitted)
  /** The token endpoint's own. */
  | { kind: 'token-error'; status: 400 | 500 | 503 }
  /** Resets the connection, before or during the answer. */
  | ({ kind: 'reset'; when?: 'before-headers' | 'after-headers' } & MaybeCommitted)
  /** Never answers. */
  | ({ kind: 'hang' } & MaybeCommitted)
  /** 200, then endless spaces, one every `everyMs` (100 unless set) of real time. */
  | ({ kind: 'trickle'; everyMs?: number } & MaybeCommitted)
  /** 200, and the connection closes before the end that Content-Length promised. */
  | ({ kind: 'cut' } & MaybeCommitted)
  /**
   * The usual answer after `ms` of real time. F&O acts when the request arrives, or only at the end of the wait.
   */
  | { kind: 'delay'; ms: number; acts?: 'first' | 'last' };

export type FaultRoute = 'action' | 'read' | 'list' | 'history' | 'metadata' | 'token';

export interface FaultOptions {
  /** 'any': every route. */
  on: FaultRoute | 'any';
  /** 1 unless set; Infinity for good. */
  times?: number;
  /** Only requests about this job (action and read). */
  jobId?: string;
}

/** Holds faults in the order in which they were added, until a request comes that matches one. */
export class FaultPlan {
  #planned: { fault: Fault; options: FaultOptions; left: number }[] = [];

  add(fault: Fault, options: FaultOptions): void {
    if (fault.kind === 'refused' && options.on !== 'action')
      throw new Error('Only the action can be refused');
    if (fault.kind === 'token-error' && options.on !== 'token')
      throw new Error('token-error is for on: token');
    this.#planned.push({ fault, options, left: options.times ?? 1 });
  }

  clear(): void {
    this.#planned = [];
  }

  take(route: FaultRoute, jobId: string | null): Fault | null {
    const next = this.#planned.find(
      ({ options, left }) =>
        left > 0 &&
        (options.on === 'any' || options.on === route) &&
        (options.jobId === undefined || options.jobId === jobId),
    );
    if (!next) return null;
    next.left -= 1;
    this.#planned = this.#planned.filter(({ left }) => left > 0);
    return next.fault;
  }
}
