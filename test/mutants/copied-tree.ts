import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Not copied: what is large, is made from the rest, or belongs to the work tree. */
const leftOut = new Set(['node_modules', '.git', 'dist', 'dist-solutions', 'bin']);

/** A temporary copy of the tree, in which faults are made: the work tree is never touched. */
export class CopiedTree implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'batch-retry-mutants-'));

  constructor(from: string) {
    for (const name of readdirSync(from).filter((each) => !leftOut.has(each))) {
      cpSync(join(from, name), join(this.folder, name), { recursive: true });
    }
    process.once('exit', () => this[Symbol.dispose]());
    symlinkSync(resolve(from, 'node_modules'), join(this.folder, 'node_modules'), 'junction');
  }

  /** Does what is to be done while a file is changed, and puts it back. */
  async withChanged<Result>(
    file: string,
    change: (source: string) => string,
    act: () => Promise<Result>,
  ): Promise<Result> {
    const path = join(this.folder, file);
    const source = readFileSync(path, 'utf8');
    writeFileSync(path, change(source));
    try {
      return await act();
    } finally {
      writeFileSync(path, source);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
