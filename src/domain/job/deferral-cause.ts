/** Why a failure was put off: what F&O or the way to it did, or what keeps requests from it. */
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
