import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { bundleApp } from './bundle-app.ts';

/** Makes dist/: what `func start` or a zip deploy needs, and nothing else. */
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await bundleApp('dist');
writeFileSync(
  'dist/package.json',
  `${JSON.stringify({ name: 'batch-retry', type: 'module', main: 'main.mjs' }, null, 2)}\n`,
);
copyFileSync('host.json', 'dist/host.json');
copyFileSync('LICENSE', 'dist/LICENSE');
if (existsSync('retry-policy.json')) copyFileSync('retry-policy.json', 'dist/retry-policy.json');
const kibibytes = Math.round(statSync('dist/main.mjs').size / 1024);
console.log(`dist/main.mjs: ${kibibytes} KiB at load, all else beside it when needed`);
