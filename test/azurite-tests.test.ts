import { globSync } from 'node:fs';
import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';
import { azuriteTests } from './azurite-tests.ts';

test('tests that may be retried are those that start Azurite, and no other', async () => {
  const { inputs } = await importsOf(globSync('test/**/*.test.ts'));
  const starting = Object.keys(inputs).filter(
    (file) => file.endsWith('.test.ts') && reaches(inputs, file, 'test/helpers/azurite.ts'),
  );
  expect(starting.toSorted()).toEqual(azuriteTests.toSorted());
});

/** What each file imports, without what it needs for its types only. */
async function importsOf(files: string[]): Promise<Metafile> {
  const contents = files.map((file) => `import './${file}';`).join('\n');
  const { metafile } = await build({
    stdin: { contents, resolveDir: '.' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  return metafile;
}

function reaches(
  inputs: Metafile['inputs'],
  file: string,
  target: string,
  passed = new Set<string>(),
): boolean {
  if (file === target) return true;
  if (passed.has(file)) return false;
  passed.add(file);
  return (inputs[file]?.imports ?? []).some(({ path }) => reaches(inputs, path, target, passed));
}
