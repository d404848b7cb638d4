import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleApp, functionsBundle } from '../tools/build/bundle-app.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';
import type { TokenEndpoint } from '../src/sandbox/token-endpoint.ts';
import { startFunctionsApp } from '../test/hosts/start-functions-app.ts';

const emptyApp = `
  import { app } from '@azure/functions';
  app.setup({ enableHttpStream: true });
  app.http('empty', { methods: ['POST'], route: 'empty', handler: () => ({ status: 204 }) });
`;

const jobId = '5637144576';
const unlisted = '4444444444';
const policy = { jobs: [{ name: 'Listed', match: { jobId: [jobId] }, maxRetries: 1000 }] };

type Case = { name: string; file: string; path: string; body: () => Promise<string>; answer: string };

/** In ms, one value a round. `answered`: the time of loading and that of the first answer after it, together. */
type ColdStarts = { name: string; loaded: number[]; answered: number[] };

/**
 * Each start is a new process. `loaded` is the import of the bundle. The first request is sent at once, which on
 * Azure is the worst case: the host needs some time after it too.
 */
export async function measureColdStarts(
  folder: string,
  identity: TokenEndpoint,
  rounds: number,
): Promise<ColdStarts[]> {
  await using sandbox = await startSandbox({ identity });
  for (const id of [jobId, unlisted]) {
    sandbox.addJob({ jobId: id, description: `Job ${id}`, script: { kind: 'always-fail' } });
  }
  const settings = {
    ...sandbox.identityEnvironment,
    FNO_ORG_URL: sandbox.orgUrl,
    RETRY_POLICY: JSON.stringify(policy),
    STORE: 'sqlite::memory:',
  };
  const failureOf = async (id: string) => {
    if (sandbox.job(id).status !== 'Waiting') sandbox.setStatus(id, 'Waiting');
    await sandbox.run(id);
    return sandbox.failedEvent(id);
  };
  const empty = await bundleEmptyApp(folder);
  const app = join(folder, 'app');
  await bundleApp(app);
  const main = join(app, 'main.mjs');
  const webhook = { file: main, path: 'business-events' };
  const cases: Case[] = [
    {
      name: 'an app with one empty function',
      file: empty,
      path: 'empty',
      body: () => Promise.resolve(''),
      answer: '',
    },
    {
      ...webhook,
      name: 'dist/main.mjs; no entry lists the job',
      body: () => failureOf(unlisted),
      answer: '"ignored"',
    },
    { ...webhook, name: 'dist/main.mjs; requeued', body: () => failureOf(jobId), answer: '"requeued"' },
  ];
  const measured = cases.map(({ name }): ColdStarts => ({ name, loaded: [], answered: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, one] of cases.entries()) {
      const body = await one.body();
      await using started = await startFunctionsApp(pathToFileURL(one.file), settings);
      const answerMs = await timeAnswer(`${started.url}/${one.path}`, body, one.answer);
      measured[index]?.loaded.push(started.loadMs);
      measured[index]?.answered.push(started.loadMs + answerMs);
    }
  }
  return measured;
}

async function timeAnswer(url: string, body: string, expected: string): Promise<number> {
  const startedAt = performance.now();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  const ms = performance.now() - startedAt;
  if (!response.ok || !text.includes(expected)) throw new Error(`${response.status}: ${text}`);
  return ms;
}

async function bundleEmptyApp(folder: string): Promise<string> {
  const source = join(folder, 'empty.js');
  const outfile = join(folder, 'empty', 'main.mjs');
  writeFileSync(source, emptyApp);
  await build({ ...functionsBundle, entryPoints: [source], outfile, nodePaths: [resolve('node_modules')] });
  return outfile;
}
