import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ownSources } from '../own-sources.ts';

export type OtherCommit = { folder: string; commit: string };

/** Checks another commit out beside this one until this process ends, with the packages that its lock file names. */
export function checkOut(ref: string, folder: string): OtherCommit {
  const commit = git('rev-parse', '--short', `${ref}^{commit}`).trim();
  const tree = join(folder, `commit-${commit}`);
  git('worktree', 'add', '--detach', tree, commit);
  process.prependOnceListener('exit', () => git('worktree', 'remove', '--force', tree));
  if (git('diff', '--name-only', commit, '--', 'package-lock.json') === '') {
    symlinkSync(join(ownSources, 'node_modules'), join(tree, 'node_modules'), 'junction');
  } else {
    run('npm', ['ci', '--no-audit', '--no-fund'], tree);
  }
  return { folder: tree, commit };
}

/** The commit of this checkout; with a plus if files differ from it. */
export function ownCommit(): string {
  const commit = git('rev-parse', '--short', 'HEAD').trim();
  return git('status', '--porcelain', '--', 'src') === '' ? commit : `${commit}+`;
}

function git(...args: string[]): string {
  return run('git', args, ownSources);
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: command === 'npm' && process.platform === 'win32',
  });
}
