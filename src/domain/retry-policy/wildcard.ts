/**
 * Whether `pattern` matches the whole of `text`, without case: `*` stands for any run of characters,
 * `?` for one. Takes at most pattern × text steps, whatever the pattern.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  const found = text.toLowerCase();
  let p = 0;
  let t = 0;
  let lastStar = -1;
  let resumeAt = 0;
  while (t < found.length) {
    if (wanted[p] === '*') {
      lastStar = p++;
      resumeAt = t;
    } else if (wanted[p] === '?' || wanted[p] === found[t]) {
      p++;
      t++;
    } else if (lastStar >= 0) {
      p = lastStar + 1;
      t = ++resumeAt;
    } else {
      return false;
    }
  }
  while (wanted[p] === '*') p++;
  return p === wanted.length;
}
