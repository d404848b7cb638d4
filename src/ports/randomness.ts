/** Chance, as everything in the service sees it. */
export interface Randomness {
  /** In [0, 1). */
  random(): number;
  /** An id that was never given before. */
  uuid(): string;
}
