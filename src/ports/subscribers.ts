/** The web addresses that notifications are POSTed to. */
export interface Subscribers {
  /**
   * Why an address may not be called, in words for who gave it; null if it may. Asks the name service alone: a
   * name that it does not know now, or not in time, may be called, because each call looks at its addresses again.
   */
  whyNotAllowed(callbackUrl: string): Promise<string | null>;
  /** POSTs `body` as JSON. Resolves, never rejects, and answers by the signal's abort. */
  notify(callbackUrl: string, body: unknown, signal: AbortSignal): Promise<DeliveryOutcome>;
}

export type DeliveryOutcome =
  | { kind: 'delivered' }
  /** The subscriber is no more (404, 410): nothing else will reach it. */
  | { kind: 'gone' }
  /** It may go well later (408, 429, 5xx, no answer, no connection). */
  | { kind: 'failed'; retryAfterMs: number | null; reason: string }
  /** It will not go well later: another answer, or an address that may not be called. */
  | { kind: 'rejected'; reason: string };

/** Whom the settings allow to be called. */
export type CallbackHost =
  /** By https on port 443: this host, or with `*.` at its beginning every host below it. Lower case. */
  | { kind: 'host'; pattern: string }
  /** This scheme, host and port; the only way to name this machine. */
  | { kind: 'origin'; origin: string };
