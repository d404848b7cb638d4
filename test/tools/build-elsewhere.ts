import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Runs the build in a folder that looks like the repository to it, so that dist/ in the repository stays as it is. */
export function buildElsewhere(folder: string): { dist: string; printed: string } {
  mkdirSync(folder, { recursive: true });
  for (const name of ['host.json', 'LICENSE']) cpSync(name, join(folder, name));
  cpSync('schemas', join(folder, 'schemas'), { recursive: true });
  for (const name of ['src', 'node_modules', 'package.json']) {
    if (!existsSync(join(folder, name))) symlinkSync(resolve(name), join(folder, name));
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('tools/build.ts')], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The build failed: ${stderr}`);
  return { dist: join(folder, 'dist'), printed: stdout };
}
