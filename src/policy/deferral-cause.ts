/** Why a failure was put off: what F&O or the way to it did, or what keeps requests from it. */
export type DeferralCause =
  | 'throttled'
  | 'unavailable'
  | 'unreachable'
  | 'no-token'
  | 'unauthorized'
  | 'misconfigured'
  | 'no-time'
  | 'fate-unknown'
  | 'breaker'
  | 'rate-limit'
  | 'crowd';
