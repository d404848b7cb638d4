/** Chance, as everything in the service sees it. */
export interface Randomness {
  /** In [0, 1). */
  random(): number;
  /** A new, unique id. */
  uuid(): string;
}
