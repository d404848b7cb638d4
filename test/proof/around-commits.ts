import { StatementSync } from 'node:sqlite';

/**
 * Calls `before` between the writes of each batch of SQLite and their commit, and `after` once that is on the disk and
 * nobody is answered yet.
 */
export function aroundCommits(before: () => void, after: () => void): void {
  const run: unknown = Reflect.get(StatementSync.prototype, 'run');
  if (typeof run !== 'function') throw new Error('node:sqlite runs statements in another way.');
  Reflect.set(StatementSync.prototype, 'run', function runAround(this: StatementSync, ...values: unknown[]) {
    const isCommit = this.sourceSQL === 'COMMIT';
    if (isCommit) before();
    const changes: unknown = Reflect.apply(run, this, values);
    if (isCommit) after();
    return changes;
  });
}
