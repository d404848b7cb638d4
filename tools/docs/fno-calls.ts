/** Names of what F&O gets, as the tables of tests have them: a read of the job, and the request. */
const names: Record<string, string> = { status: 'read', action: 'request' };

/** `read read action` in words: `2 reads, request`. */
export function callsInWords(routes: string): string {
  if (routes === '-') return '–';
  const runs: { name: string; times: number }[] = [];
  for (const route of routes.split(' ')) {
    const name = names[route] ?? route;
    const last = runs.at(-1);
    if (last?.name === name) last.times += 1;
    else runs.push({ name, times: 1 });
  }
  return runs.map(({ name, times }) => (times === 1 ? name : `${times} ${name}s`)).join(', ');
}
