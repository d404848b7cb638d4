/**
 * Each of `all` in `npm run proof`; in `npm test` every PROOF_CRASH_EVERYth, beginning at another one for each
 * `offset`.
 */
export function someOf<One>(all: readonly One[], offset: number): One[] {
  const every = Number(process.env['PROOF_CRASH_EVERY'] ?? 1);
  return all.filter((_, index) => (index + offset) % every === 0);
}
