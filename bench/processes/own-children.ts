import type { ChildProcess } from 'node:child_process';

/** The processes of this run that have not ended. */
const children = new Set<ChildProcess>();

/** Ends a child with this process, however this process ends. */
export function endWithThis(child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
}

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
