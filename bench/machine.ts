import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { ownSources } from './own-sources.ts';
import type { Machine } from './results.ts';

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGib: totalmem() / 2 ** 30,
    system: `${type()} ${release()} ${arch()}`,
    node: process.versions.node,
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** The versions of the packages that were measured, or that measured. */
export function versionsOf(packages: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    packages.map((name) => {
      const file = join(ownSources, 'node_modules', name, 'package.json');
      const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
      return [name, version];
    }),
  );
}
