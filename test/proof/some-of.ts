/**
 * Each of `all` in `npm run proof`; in `npm test` every PROOF_CRASH_EVERYth, beginning at another one for each
 * `offset`. A proof whose deaths cost little plays every `atLeast`th.
 */
export function someOf<One>(all: readonly One[], offset: number, atLeast = Infinity): One[] {
  const every = Math.min(Number(process.env['PROOF_CRASH_EVERY'] ?? 1), atLeast);
  return all.filter((_, index) => (index + offset) % every === 0);
}
