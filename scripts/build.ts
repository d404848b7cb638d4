import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** Makes dist/: what `func start` or a zip deploy needs, and nothing else. */
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await build({
  entryPoints: ['src/functions/main.ts'],
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  // What is imported when it is needed, as the SDKs are, goes into files of its own.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  external: ['@azure/functions-core'],
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
writeFileSync(
  'dist/package.json',
  `${JSON.stringify({ name: 'batch-retry', type: 'module', main: 'main.mjs' }, null, 2)}\n`,
);
copyFileSync('host.json', 'dist/host.json');
copyFileSync('LICENSE', 'dist/LICENSE');
if (existsSync('retry-policy.json')) copyFileSync('retry-policy.json', 'dist/retry-policy.json');
console.log(
  `dist/main.mjs: ${Math.round(statSync('dist/main.mjs').size / 1024)} KiB at load, the SDKs beside it when needed`,
);
