import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { routes } from '../../src/http/routes.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { everyJob, nightlyPosting, readAnswer } from '../helpers/a-service.ts';
import { startFunctionsApp } from '../hosts/start-functions-app.ts';
import { buildElsewhere } from './build-elsewhere.ts';

const { jobId } = nightlyPosting;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'batch-retry-build-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('dist/ holds exactly what is deployed, and nothing that an earlier build left', () => {
  const files = ['LICENSE', 'chunks', 'host.json', 'main.mjs', 'package.json'];
  const { dist, printed } = buildElsewhere(folder);
  expect(printed).toMatch(/^dist\/main\.mjs: \d+ KiB at load, the SDKs beside it when needed\n$/);
  expect(readdirSync(dist).toSorted()).toEqual(files);

  writeFileSync(join(dist, 'left-over.js'), '');
  writeFileSync(join(folder, 'retry-policy.json'), JSON.stringify(everyJob));
  buildElsewhere(folder);
  expect(readdirSync(dist).toSorted()).toEqual([...files, 'retry-policy.json']);

  const { main, type }: Record<string, unknown> = JSON.parse(
    readFileSync(join(dist, 'package.json'), 'utf8'),
  );
  expect({ main, type }).toEqual({ main: 'main.mjs', type: 'module' });
  expect(readFileSync(join(dist, 'host.json'))).toEqual(readFileSync('host.json'));
});

test('the deployed app serves with no package beside it, down to the token of @azure/identity', async () => {
  writeFileSync(join(folder, 'retry-policy.json'), JSON.stringify(everyJob));
  const deployed = join(folder, 'deployed');
  cpSync(buildElsewhere(folder).dist, deployed, { recursive: true });
  await using sandbox = await startSandbox();
  sandbox.addJob(nightlyPosting);
  await using app = await startFunctionsApp(
    pathToFileURL(join(deployed, 'main.mjs')),
    { FNO_ORG_URL: sandbox.orgUrl, STORE: 'sqlite:data/store.sqlite', ...sandbox.identityEnvironment },
    deployed,
  );
  const kibibytes = Math.round(statSync(join(deployed, 'main.mjs')).size / 1024);
  console.log(`main.mjs: ${kibibytes} KiB, loaded in ${Math.round(app.loadMs)} ms`);

  expect(app.functions.filter(({ name }) => routes.some((route) => route.name === name))).toEqual(
    routes.map(({ name, path, method, auth }) => ({ name, route: path, methods: [method], authLevel: auth })),
  );
  await sandbox.run(jobId);
  const answer = await fetch(`${app.url}/business-events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: sandbox.failedEvent(jobId),
  });
  expect(await readAnswer(answer)).toMatchObject({
    status: 200,
    body: { decision: 'requeued', policy: 'Every job' },
  });
  expect(sandbox.requeues(jobId)).toBe(1);

  const modules = await app.loadedModules();
  const beside = pathToFileURL(`${deployed}/`).href;
  expect(modules).toContain(`${beside}main.mjs`);
  expect(modules.filter((url) => !url.startsWith(beside))).toEqual([]);
  expect(app.output).toEqual({ out: '', err: '' });
});
