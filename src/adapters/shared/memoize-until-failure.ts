/** Remembers what `make` resolved to; after a failure the next call tries again. */
export function memoizeUntilFailure<Result>(make: () => Promise<Result>): () => Promise<Result> {
  let made: Promise<Result> | null = null;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    }));
}
