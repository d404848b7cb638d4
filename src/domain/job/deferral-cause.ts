/** Why the service deferred a failure: F&O or the way to it failed, or the service held the request back. */
export type DeferralCause =
  | 'throttled'
  | 'unavailable'
  | 'unreachable'
  | 'no-token'
  | 'sign-in-refused'
  | 'unauthorized'
  | 'misconfigured'
  | 'no-time'
  | 'fate-unknown'
  | 'breaker'
  | 'rate-limit'
  | 'not-found'
  | 'not-shown'
  | 'contention';
