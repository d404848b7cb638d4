import { statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { startFunctionsApp } from '../test/hosts/start-functions-app.ts';
import { buildElsewhere } from '../test/scripts/build-elsewhere.ts';

const emptyApp = `
  import { app } from '@azure/functions';
  app.setup({ enableHttpStream: true });
  app.http('empty', { methods: ['GET'], handler: () => ({ status: 204 }) });
`;

const settings = {
  FNO_ORG_URL: 'https://contoso.operations.dynamics.com',
  RETRY_POLICY: '{"jobs":[{"name":"Every job","match":{"jobId":"*"}}]}',
  STORE: 'sqlite::memory:',
};

/** Each start is a new process; the times are those of importing the bundle, one value a round. */
export async function measureColdStarts(folder: string, rounds: number) {
  const { dist } = buildElsewhere(join(folder, 'build'));
  const main = join(dist, 'main.mjs');
  const emptySource = join(folder, 'build', 'empty.js');
  const emptyBundle = join(folder, 'empty.mjs');
  writeFileSync(emptySource, emptyApp);
  await build({
    entryPoints: [emptySource],
    outfile: emptyBundle,
    nodePaths: [resolve('node_modules')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    external: ['@azure/functions-core'],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  const empty: number[] = [];
  const app: number[] = [];
  for (let round = 0; round < rounds; round++) {
    empty.push(await loadMs(emptyBundle));
    app.push(await loadMs(main));
  }
  return { empty, app, kibibytes: Math.round(statSync(main).size / 1024) };
}

async function loadMs(entry: string): Promise<number> {
  await using started = await startFunctionsApp(pathToFileURL(entry), settings);
  return started.loadMs;
}
