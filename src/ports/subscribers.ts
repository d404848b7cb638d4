/** The web addresses to which the service POSTs notifications. */
export interface Subscribers {
  /**
   * Why the service must not call an address, in words for the person who gave it; null if it may. It asks only the
   * name service. It allows a name that does not resolve now, or in time: each call checks the addresses again.
   */
  whyNotAllowed(callbackUrl: string): Promise<string | null>;
  /** POSTs `body` as JSON. Resolves, never rejects, at the latest when the signal aborts. */
  notify(callbackUrl: string, body: unknown, signal: AbortSignal): Promise<DeliveryOutcome>;
}

export type DeliveryOutcome =
  | { kind: 'delivered' }
  /** HTTP 410: the subscriber itself says that it is gone for good. */
  | { kind: 'gone'; reason: string }
  /** HTTP 404: the subscriber may be gone. A gateway also answers so during a deployment. */
  | { kind: 'not-found'; reason: string }
  /** Any other answer, none, or a forbidden address: a person may correct that, so a redelivery may arrive. */
  | { kind: 'failed'; retryAfterMs: number | null; reason: string };

/** A host that the settings allow the service to call. */
export type CallbackHost =
  /** By https on port 443: this host, or every host below it if the pattern begins with `*.`. Lower case. */
  | { kind: 'host'; pattern: string }
  /** This scheme, host and port; the only way to name this machine. */
  | { kind: 'origin'; origin: string };
