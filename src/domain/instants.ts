export function addMs(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}

export function latest(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
