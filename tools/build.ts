import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { build } from 'esbuild';
import { ajvWhenNeeded, bundleApp } from './build/bundle-app.ts';

/** Makes dist/: what `func start` or a zip deploy needs, and nothing else; and bin/, the command line. */
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await bundleApp('dist');
writeFileSync(
  'dist/package.json',
  `${JSON.stringify({ name: 'batch-retry', type: 'module', main: 'main.mjs', engines: { node: '>=22' } }, null, 2)}\n`,
);
copyFileSync('host.json', 'dist/host.json');
copyFileSync('LICENSE', 'dist/LICENSE');
writeFileSync(
  'dist/retry-policy.json',
  existsSync('retry-policy.json') ? readFileSync('retry-policy.json') : watchOnly(),
);
for (const schema of globSync('schemas/*.*.*.schema.json')) {
  mkdirSync('dist/schemas', { recursive: true });
  copyFileSync(schema, `dist/${schema}`);
}

// The command line is no part of what is deployed. Bundled, because Node runs no TypeScript in node_modules.
await build({
  entryPoints: { 'batch-retry': 'src/cli/main.ts' },
  outdir: 'bin',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  plugins: [ajvWhenNeeded],
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
chmodSync('bin/batch-retry.mjs', 0o755);

const kibibytes = Math.round(statSync('dist/main.mjs').size / 1024);
console.log(`dist/main.mjs: ${kibibytes} KiB at load, all else beside it when needed`);

/** The policy until there is one: every job is only watched, nothing is requeued. */
function watchOnly(): string {
  const everyJob = { name: 'Every job, only watched', match: { jobId: '*' }, mode: 'shadow' };
  return `${JSON.stringify({ jobs: [everyJob] }, null, 2)}\n`;
}
