import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { startFunctionsApp } from '../../test/hosts/start-functions-app.ts';
import { functionsBundle } from '../../tools/build/bundle-app.ts';
import { settingsOf, type Surroundings, toRequest } from '../contenders.ts';
import type { Failures, SentEvent } from '../events.ts';
import { ownSources } from '../own-sources.ts';
import { inRounds } from '../rounds.ts';

/** In ms, one value a round. `answeredMs`: from the start of loading to the first answer. */
export type ColdStart = { name: string; loadedMs: number[]; answeredMs: number[] };

/** A commit's sources, by the name that is shown. */
export type NamedSources = { name: string; sources: string };

type Case = { name: string; file: string; event: () => SentEvent | null; answer: string };

const emptyApp = `
  import { app } from '@azure/functions';
  app.setup({ enableHttpStream: true });
  app.http('empty', { methods: ['POST'], route: 'empty', handler: () => ({ status: 204 }) });
`;

/**
 * Each start is a new process of the bundle that is deployed. Its first request is sent as soon as it has loaded,
 * which on Azure is the worst case: the host needs some time after it, too.
 */
export async function measureColdStarts(
  all: readonly NamedSources[],
  { folder, fno }: Surroundings,
  failures: Failures,
  rounds: number,
): Promise<ColdStart[]> {
  const settings = { ...settingsOf(fno), STORE: 'sqlite::memory:' };
  const cases: Case[] = [
    {
      name: 'an app with one empty function',
      file: await bundleEmptyApp(folder),
      event: () => null,
      answer: '',
    },
    ...all.flatMap(({ name, sources }): Case[] => {
      const file = bundleSources(sources, join(folder, `app-${name}`));
      return [
        { name: `${name}, no match`, file, event: () => failures.unlisted(), answer: '"ignored"' },
        { name: `${name}, requeue`, file, event: () => failures.listed(), answer: '"requeued"' },
      ];
    }),
  ];
  const measured = await inRounds(cases, rounds, async ({ file, event, answer }) => {
    await using started = await startFunctionsApp(pathToFileURL(file), settings);
    const answerMs = await timeAnswer(started.url, event(), answer);
    return { loadedMs: started.loadMs, answeredMs: started.loadMs + answerMs };
  });
  return [...measured].map(([{ name }, each]) => ({
    name,
    loadedMs: each.map(({ loadedMs }) => loadedMs),
    answeredMs: each.map(({ answeredMs }) => answeredMs),
  }));
}

async function timeAnswer(url: string, event: SentEvent | null, expected: string): Promise<number> {
  const { path, body } = event ? toRequest(event) : { path: '', body: '' };
  const target = event ? `${url}/business-events${path}` : `${url}/empty`;
  const startedAt = performance.now();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(target, { method: 'POST', headers, body });
  const text = await response.text();
  const ms = performance.now() - startedAt;
  if (!response.ok || !text.includes(expected)) throw new Error(`${response.status}: ${text}`);
  return ms;
}

async function bundleEmptyApp(folder: string): Promise<string> {
  const source = join(folder, 'empty.js');
  const outfile = join(folder, 'empty', 'main.mjs');
  writeFileSync(source, emptyApp);
  const nodePaths = [join(ownSources, 'node_modules')];
  await build({ ...functionsBundle, entryPoints: [source], outfile, nodePaths });
  return outfile;
}

/** Bundles a commit by its own build. */
function bundleSources(sources: string, outdir: string): string {
  mkdirSync(outdir, { recursive: true });
  const builder = pathToFileURL(join(sources, 'tools/build/bundle-app.ts')).href;
  const program = `const { bundleApp } = await import(${JSON.stringify(builder)}); await bundleApp(${JSON.stringify(outdir)});`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: sources });
  return join(outdir, 'main.mjs');
}
