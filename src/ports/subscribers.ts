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
  /** HTTP 410: the subscriber says itself that it is gone for good. */
  | { kind: 'gone'; reason: string }
  /** HTTP 404: perhaps it is gone; a gateway in front of it says so, too, while it is being deployed. */
  | { kind: 'not-found'; reason: string }
  /** Any other answer, none, or an address that may not be called: a person may set it right, so it may arrive later. */
  | { kind: 'failed'; retryAfterMs: number | null; reason: string };

/** Whom the settings allow to be called. */
export type CallbackHost =
  /** By https on port 443: this host, or with `*.` at its beginning every host below it. Lower case. */
  | { kind: 'host'; pattern: string }
  /** This scheme, host and port; the only way to name this machine. */
  | { kind: 'origin'; origin: string };
