/** How a job's runs end. Each job keeps its own count and its own random sequence. */
export type JobScript =
  | { kind: 'succeed' }
  | { kind: 'always-fail' }
  | { kind: 'fail-times'; times: number }
  /** The first run fails, and every nth after it. */
  | { kind: 'fail-every'; nth: number }
  | { kind: 'seeded'; seed: number; failureRate: number };

/** Returns a function that says, run by run, whether the run fails. */
export function playScript(script: JobScript): () => boolean {
  switch (script.kind) {
    case 'succeed':
      return () => false;
    case 'always-fail':
      return () => true;
    case 'fail-times': {
      let left = script.times;
      return () => left-- > 0;
    }
    case 'fail-every': {
      let runs = 0;
      return () => runs++ % script.nth === 0;
    }
    case 'seeded': {
      const random = randomSequence(script.seed);
      return () => random() < script.failureRate;
    }
  }
}

/** Numbers in [0, 1), the same for the same seed: a Weyl sequence through an integer mixer. */
export function randomSequence(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
