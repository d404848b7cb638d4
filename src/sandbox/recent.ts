const most = 50_000;

/** Adds to a list that a long-running sandbox keeps, dropping the oldest beyond 50,000. */
export function keepRecent<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > most) list.shift();
}
